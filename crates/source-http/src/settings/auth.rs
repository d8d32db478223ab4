//! `auth:`: how Puente shows who it is.

use std::collections::BTreeMap;

use secrecy::SecretString;
use serde::Deserialize;

/// One way for all operations of a source.
#[derive(Clone, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase", deny_unknown_fields)]
pub(crate) enum AuthSettings {
    /// `Authorization: Bearer …`.
    Bearer {
        /// The token.
        token: SecretString,
    },
    /// `Authorization: Basic …` (RFC 7617).
    Basic {
        /// Without a colon.
        username: String,
        /// May be empty.
        password: SecretString,
    },
    /// A header of its own.
    Header {
        /// `X-Api-Key`.
        name: String,
        /// The key.
        value: SecretString,
    },
    /// A query parameter.
    Query {
        /// `api_key`.
        name: String,
        /// The key.
        value: SecretString,
    },
    /// OAuth 2 client credentials (RFC 6749, section 4.4).
    OAuth2(OAuthSettings),
}

/// See [`AuthSettings::OAuth2`].
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OAuthSettings {
    /// Where tokens come from.
    pub(crate) token_url: String,
    /// The client.
    pub(crate) client_id: String,
    /// Its secret.
    pub(crate) client_secret: SecretString,
    /// What is asked for.
    #[serde(default)]
    pub(crate) scopes: Vec<String>,
    /// How the client shows who it is at the token endpoint.
    #[serde(default)]
    pub(crate) client_secret_in: ClientSecretIn,
    /// Further fields of the token request: `audience`, `resource`, …
    #[serde(default)]
    pub(crate) parameters: BTreeMap<String, String>,
}

/// RFC 6749, section 2.3.1.
#[derive(Clone, Copy, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ClientSecretIn {
    /// HTTP Basic, which every server must support.
    #[default]
    Header,
    /// In the form.
    Body,
}

//! Credentials: put into requests that go to the source's own places, and nowhere else.

mod oauth;
mod shown;

use std::sync::Arc;

use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderMap, HeaderName, HeaderValue, header::AUTHORIZATION};
use puente_sources::Outbound;
use secrecy::ExposeSecret;

pub(crate) use self::{oauth::NoToken, shown::Shown};

use self::oauth::ClientCredentials;
use crate::{request::encode, settings::AuthSettings};

/// How a source shows who it is. Cheap to clone; clones share a token.
#[derive(Clone)]
pub(crate) enum Auth {
    /// Not at all.
    None,
    /// A header.
    Header(HeaderName, HeaderValue),
    /// A query parameter, encoded.
    Query(String),
    /// A token that is asked for and kept.
    Tokens(Arc<ClientCredentials>),
}

impl Auth {
    /// Prepares what the catalog says.
    ///
    /// # Errors
    /// A credential that cannot be sent; the message does not repeat it.
    pub(crate) fn new(settings: Option<&AuthSettings>, outbound: &Outbound) -> Result<Self, String> {
        Ok(match settings {
            None => Self::None,
            Some(AuthSettings::Bearer { token }) => {
                Self::Header(AUTHORIZATION, secret(&format!("Bearer {}", token.expose_secret()))?)
            }
            Some(AuthSettings::Basic { username, password }) => {
                let pair = STANDARD.encode(format!("{username}:{}", password.expose_secret()));
                Self::Header(AUTHORIZATION, secret(&format!("Basic {pair}"))?)
            }
            Some(AuthSettings::Header { name, value }) => {
                let name = name.parse().map_err(|_| "auth.name is no header".to_owned())?;
                Self::Header(name, secret(value.expose_secret())?)
            }
            Some(AuthSettings::Query { name, value }) => {
                Self::Query(format!("{}={}", encode(name), encode(value.expose_secret())))
            }
            Some(AuthSettings::OAuth2(settings)) => {
                Self::Tokens(Arc::new(ClientCredentials::new(settings.clone(), outbound.clone())?))
            }
        })
    }

    /// Puts the credential into a request, and takes note of it. A token is asked for if there is none, or none that is
    /// still good.
    ///
    /// # Errors
    /// There is no token.
    pub(crate) async fn put(
        &self,
        target: &mut String,
        headers: &mut HeaderMap,
        shown: &mut Shown,
    ) -> Result<(), NoToken> {
        match self {
            Self::None => {}
            Self::Header(name, value) => {
                shown.header(name, value);
                headers.insert(name.clone(), value.clone());
            }
            Self::Query(pair) => {
                shown.query(pair);
                target.push(if target.contains('?') { '&' } else { '?' });
                target.push_str(pair);
            }
            Self::Tokens(client) => {
                let token = client.token().await?;
                shown.header(&AUTHORIZATION, &token);
                headers.insert(AUTHORIZATION, token);
            }
        }
        Ok(())
    }

    /// Forgets a token that the API refused; whether another one can be had.
    pub(crate) async fn refused(&self) -> bool {
        match self {
            Self::Tokens(client) => client.forget().await,
            _ => false,
        }
    }
}

/// A value that is never shown.
fn secret(text: &str) -> Result<HeaderValue, String> {
    let mut value = HeaderValue::from_str(text)
        .map_err(|_| "the credential holds characters that headers cannot have".to_owned())?;
    value.set_sensitive(true);
    Ok(value)
}

//! What an `http` source and its tools may say in a catalog.

mod auth;
mod openapi;
mod parameter;
mod tool;

use std::{collections::BTreeMap, net::IpAddr, time::Duration};

use serde::{Deserialize, Deserializer, de::Error};

pub(crate) use auth::{AuthSettings, ClientSecretIn, OAuthSettings};
pub(crate) use openapi::{ImportSettings, Selection};
pub(crate) use parameter::{ParameterSettings, Place, Style};
pub(crate) use tool::{BodySettings, HttpToolSettings, Picking};

/// The names of source settings that hold secrets, or may.
pub(crate) const SECRETS: &[&str] =
    &["auth.token", "auth.password", "auth.value", "auth.client_secret", "headers.*", "openapi.document"];

/// Settings of a source of type `http`. Holds credentials: never log it.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SourceSettings {
    /// Where paths of operations start: `https://api.example.com/v1`. May be absent if a document names it.
    pub(crate) base_url: Option<String>,
    /// Other places that operations name as their `server`, by name.
    #[serde(default)]
    pub(crate) servers: BTreeMap<String, String>,
    /// How Puente shows who it is.
    pub(crate) auth: Option<AuthSettings>,
    /// Sent with each request to the source's own places; may hold references to secrets.
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, String>,
    /// An OpenAPI document that operations are taken from.
    pub(crate) openapi: Option<ImportSettings>,
    /// What `test` asks for: a path below `base_url`.
    pub(crate) health: Option<String>,
    /// How often a request that may safely run twice is repeated.
    #[serde(default = "two")]
    pub(crate) retries: u32,
    /// The longest that connecting may take.
    #[serde(default = "five_seconds", deserialize_with = "duration")]
    pub(crate) connect_timeout: Duration,
    /// The largest answer, in bytes.
    #[serde(default = "sixteen_mebibytes")]
    pub(crate) max_response_bytes: usize,
    /// Addresses that are reached although they are link-local; in an operator's catalog only.
    #[serde(default)]
    pub(crate) allow_addresses: Vec<IpAddr>,
}

const fn two() -> u32 {
    2
}

const fn five_seconds() -> Duration {
    Duration::from_secs(5)
}

const fn sixteen_mebibytes() -> usize {
    16 * 1024 * 1024
}

fn duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(deserializer)?;
    let duration = puente_domain::duration::parse_positive(&text);
    duration.map_err(|expected| D::Error::custom(format!("'{text}' is not {expected}")))
}

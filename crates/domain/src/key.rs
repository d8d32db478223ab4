//! API keys: how agents authenticate.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{KeyId, Name, Role, Timestamp, UserId};

/// What a key may be used for. A key without scopes is limited by its role and grants alone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Scope {
    /// `mcp`: the MCP endpoints.
    Mcp,
    /// `mcp:read`: the MCP endpoints, read-only tools only.
    McpRead,
    /// `api:read`: `GET` on the REST API.
    ApiRead,
    /// `api`: the whole REST API that the role allows.
    Api,
    /// `server:NAME`: this virtual server only.
    Server(Name),
}

/// A text that is no [`Scope`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is no scope; scopes are mcp, mcp:read, api, api:read and server:NAME")]
pub struct UnknownScope(pub String);

impl FromStr for Scope {
    type Err = UnknownScope;

    fn from_str(text: &str) -> Result<Self, UnknownScope> {
        match text {
            "mcp" => Ok(Self::Mcp),
            "mcp:read" => Ok(Self::McpRead),
            "api" => Ok(Self::Api),
            "api:read" => Ok(Self::ApiRead),
            _ => text
                .strip_prefix("server:")
                .and_then(|name| name.parse().ok())
                .map(Self::Server)
                .ok_or_else(|| UnknownScope(text.to_owned())),
        }
    }
}

impl TryFrom<String> for Scope {
    type Error = UnknownScope;

    fn try_from(text: String) -> Result<Self, UnknownScope> {
        text.parse()
    }
}

impl From<Scope> for String {
    fn from(scope: Scope) -> Self {
        scope.to_string()
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mcp => f.write_str("mcp"),
            Self::McpRead => f.write_str("mcp:read"),
            Self::Api => f.write_str("api"),
            Self::ApiRead => f.write_str("api:read"),
            Self::Server(name) => write!(f, "server:{name}"),
        }
    }
}

/// An API key as it is stored: the key itself is shown once and never kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKey {
    /// Its id.
    pub id: KeyId,
    /// Unique among all keys.
    pub name: Name,
    /// Who answers for it; its key ends with the owner's account.
    pub owner: UserId,
    /// What it may do in the administration, never more than its owner.
    pub role: Role,
    /// The first characters (`pk_…`), enough to recognise it.
    pub prefix: String,
    /// SHA-256 of the whole key.
    #[serde(skip)]
    pub hash: [u8; 32],
    /// See [`Scope`]; sorted.
    pub scopes: Vec<Scope>,
    /// From when on it is refused.
    pub expires_at: Option<Timestamp>,
    /// A disabled key is refused.
    pub disabled_at: Option<Timestamp>,
    /// Kept to the minute.
    pub last_used_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
}

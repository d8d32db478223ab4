//! Virtual servers: curated parts of the catalog with an endpoint of their own; and grants, the right to use one.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{GrantId, Name, Role, ServerId, Subject, TeamId, Timestamp};

/// A virtual server, at `/servers/{name}/mcp`. The one named `default` is also `/mcp`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VirtualServer {
    /// Its id.
    pub id: ServerId,
    /// Unique.
    pub name: Name,
    /// For people and agents (`instructions`); empty if not given.
    pub description: String,
    /// Patterns over `source.tool`: `erp.*`, `erp.search_*`, `*`.
    pub include: Vec<String>,
    /// Patterns that take away from `include`.
    pub exclude: Vec<String>,
    /// Whether clients see `source_tool` (true) or `tool`.
    pub prefix: bool,
    /// How clients find its tools.
    pub discovery: Discovery,
    /// Whether a caller needs no token.
    pub open: bool,
    /// Whether it is served.
    pub enabled: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// The last edit.
    pub updated_at: Timestamp,
    /// Counts edits; the `ETag` of the REST API.
    pub version: i64,
}

impl VirtualServer {
    /// The name of the virtual server behind `/mcp`.
    pub const DEFAULT: &str = "default";
}

/// How clients find the tools of a virtual server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Discovery {
    /// All of them are listed.
    #[default]
    Off,
    /// All of them are listed, and tools that search, describe and call them.
    Beside,
    /// Only those that search, describe and call are listed: for more tools than an agent can keep in mind.
    Instead,
}

impl Discovery {
    /// Every way.
    pub const ALL: [Self; 3] = [Self::Off, Self::Beside, Self::Instead];

    /// As it is written in catalogs and the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Beside => "beside",
            Self::Instead => "instead",
        }
    }
}

/// A text that names no [`Discovery`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is no way to find tools; there are off, beside and instead")]
pub struct UnknownDiscovery(pub String);

impl FromStr for Discovery {
    type Err = UnknownDiscovery;

    fn from_str(text: &str) -> Result<Self, UnknownDiscovery> {
        Self::ALL.into_iter().find(|way| way.as_str() == text).ok_or_else(|| UnknownDiscovery(text.to_owned()))
    }
}

/// For whom a grant is. In catalogs and on the command line: `user:ana@example.com`, `key:agent`, `team:finance`,
/// `role:member`; ids in the database and the REST API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "type", content = "id", rename_all = "lowercase")]
pub enum Grantee {
    /// One user or key.
    Subject(Subject),
    /// Everyone in a team.
    Team(TeamId),
    /// Everyone with at least this role.
    Role(Role),
}

/// The right of a user, key, team or role to use a virtual server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// Its id.
    pub id: GrantId,
    /// On which virtual server.
    pub server: ServerId,
    /// For whom.
    pub grantee: Grantee,
    /// When it was made.
    pub created_at: Timestamp,
}

//! The catalog as rows: sources and what they offer. The file form is `puente_gateway::catalog::file`.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{Name, PromptId, ResourceId, SourceId, Timestamp, ToolId};

/// How a source speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SourceKind {
    /// A SQL database.
    Sql,
    /// An HTTP API.
    Http,
    /// Another MCP server.
    Mcp,
    /// Uploaded documents.
    Files,
}

impl SourceKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Sql, Self::Http, Self::Mcp, Self::Files];

    /// The kind as it is written in catalogs and the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sql => "sql",
            Self::Http => "http",
            Self::Mcp => "mcp",
            Self::Files => "files",
        }
    }
}

/// A text that names no [`SourceKind`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is no type of source; types are sql, http, mcp and files")]
pub struct UnknownKind(pub String);

impl FromStr for SourceKind {
    type Err = UnknownKind;

    fn from_str(text: &str) -> Result<Self, UnknownKind> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or_else(|| UnknownKind(text.to_owned()))
    }
}

/// Who may have written a definition: decides what it may reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// A file applied on the command line: may name environment variables, local paths and commands.
    Operator,
    /// The REST API: may not.
    Editor,
}

/// A source as it is stored. Secrets in `settings` are references (`${secret:name}`, `${env:NAME}`), never values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SourceRecord {
    /// Its id.
    pub id: SourceId,
    /// Unique.
    pub name: Name,
    /// How it speaks.
    pub kind: SourceKind,
    /// For people; empty if not given.
    pub description: String,
    /// Everything that depends on the kind, as in the catalog file (for `sql`: `url`, `explore`, `identity`, …).
    pub settings: Map<String, Value>,
    /// Who wrote it.
    pub origin: Origin,
    /// A disabled source offers nothing.
    pub enabled: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// The last edit.
    pub updated_at: Timestamp,
    /// Counts edits; the `ETag` of the REST API.
    pub version: i64,
}

/// A tool as it is stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToolRecord {
    /// Its id.
    pub id: ToolId,
    /// The source that runs it.
    pub source: SourceId,
    /// Unique within its source.
    pub name: Name,
    /// For agents.
    pub description: String,
    /// Everything else, as in the catalog file (for `sql`: `sql`, `parameters`; for all: `cache`, `timeout`, …).
    pub settings: Map<String, Value>,
    /// A disabled tool is not offered.
    pub enabled: bool,
    /// Counts edits; part of cache keys, and the `ETag` of the REST API.
    pub version: i64,
    /// The last edit.
    pub updated_at: Timestamp,
}

/// What was accepted of an upstream server's tool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolPin {
    /// The source that offers it.
    pub source: SourceId,
    /// The tool, by the upstream's own name.
    pub tool: String,
    /// Its definition: JSON with sorted members, so that equal definitions are equal texts.
    pub definition: String,
    /// Who accepted it: an email, a key's name, `first sight`.
    pub accepted_by: String,
    /// When.
    pub accepted_at: Timestamp,
}

/// A prompt as it is stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PromptRecord {
    /// Its id.
    pub id: PromptId,
    /// The source that it belongs to.
    pub source: SourceId,
    /// Unique within its source.
    pub name: Name,
    /// For agents.
    pub description: String,
    /// Arguments and messages, as in the catalog file.
    pub settings: Map<String, Value>,
}

/// A static resource as it is stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ResourceRecord {
    /// Its id.
    pub id: ResourceId,
    /// The source that it belongs to.
    pub source: SourceId,
    /// Unique within its source.
    pub name: Name,
    /// The URI under which clients read it; unique in the catalog.
    pub uri: String,
    /// For agents.
    pub description: String,
    /// Text and MIME type, as in the catalog file.
    pub settings: Map<String, Value>,
}

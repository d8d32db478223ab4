//! Settings that every tool has, whatever its source.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Limits, cache and the like of a tool, parsed from the catalog; durations are written `30s`, `5m`, `250ms`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ToolSettings {
    /// For display; the name if absent.
    pub title: Option<String>,
    /// The deadline of a call; 30 s if absent.
    pub timeout: Option<Duration>,
    /// How many calls run at once; unlimited if absent.
    pub concurrency: Option<u32>,
    /// How many calls a principal may make.
    pub rate: Option<RateLimit>,
    /// Whether results are kept; read-only tools only.
    pub cache: Option<CacheSettings>,
    /// Whether it can run as a task.
    pub task: TaskSupport,
    /// Results beyond this many bytes become a preview and a link; 256 KiB if absent.
    pub max_result_bytes: Option<usize>,
    /// Whether the audit trail keeps a redacted copy of the arguments, and not only their hash.
    pub audit_arguments: bool,
}

/// So many calls in so much time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RateLimit {
    /// Calls; at least 1.
    pub calls: u32,
    /// Within this time.
    pub per: Duration,
}

/// How results are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CacheSettings {
    /// For how long.
    pub ttl: Duration,
    /// For whom.
    pub scope: CacheScope,
}

/// Who shares a cached result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CacheScope {
    /// The caller alone.
    #[default]
    Principal,
    /// All with the same rights set on the same virtual server.
    Team,
    /// Everyone who may call the tool.
    Public,
}

/// Whether a tool can run as an MCP task.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TaskSupport {
    /// Never.
    #[default]
    Forbidden,
    /// If the client understands tasks.
    Optional,
    /// Only as a task.
    Required,
}

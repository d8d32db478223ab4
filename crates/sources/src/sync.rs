//! What a system's description changes in the tools of its source.

use puente_domain::Name;
use serde_json::{Map, Value};

/// What happens to a tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Change {
    /// It is new.
    Added,
    /// It is described differently.
    Changed,
    /// It is not described any more.
    Removed,
    /// It is as it was.
    Unchanged,
}

/// A tool as a description has it.
#[derive(Clone, Debug, PartialEq)]
pub struct SyncedTool {
    /// What happens to it.
    pub change: Change,
    /// As the catalog calls it.
    pub name: Name,
    /// What agents read from now on; `None` leaves it as it is.
    pub description: Option<String>,
    /// Settings that are replaced; others stay.
    pub settings: Map<String, Value>,
    /// What is different, for people.
    pub details: Vec<String>,
    /// Whether somebody edited it: such a tool is not deleted.
    pub has_local_edits: bool,
}

/// What a description changes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Synced {
    /// Settings of the source that are replaced; others stay.
    pub settings: Map<String, Value>,
    /// Its tools.
    pub tools: Vec<SyncedTool>,
    /// What could not be taken over, and why.
    pub problems: Vec<String>,
}

//! Teams: named sets of users and keys.

use serde::{Deserialize, Serialize};

use crate::{Name, Subject, TeamId, Timestamp};

/// A team.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Team {
    /// Its id.
    pub id: TeamId,
    /// Unique.
    pub name: Name,
    /// For people; empty if not given.
    pub description: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// The last edit.
    pub updated_at: Timestamp,
    /// Counts edits; the `ETag` of the REST API.
    pub version: i64,
}

/// One who belongs to a team; never [`Subject::Anonymous`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Member {
    /// The team.
    pub team: TeamId,
    /// The user or key.
    pub subject: Subject,
}

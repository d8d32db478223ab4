//! Ids: UUIDv7, so that they sort by creation; one type per entity, so that they cannot be mixed up.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new id; later ids sort after earlier ones (RFC 9562, UUIDv7).
            #[must_use]
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::new()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )+};
}

ids! {
    /// A [`User`](crate::user::User).
    UserId,
    /// An [`ApiKey`](crate::key::ApiKey).
    KeyId,
    /// A [`Team`](crate::team::Team).
    TeamId,
    /// A [`Source`](crate::catalog::SourceRecord).
    SourceId,
    /// A [`Tool`](crate::catalog::ToolRecord).
    ToolId,
    /// A [`Prompt`](crate::catalog::PromptRecord).
    PromptId,
    /// A [`Resource`](crate::catalog::ResourceRecord).
    ResourceId,
    /// A [`VirtualServer`](crate::server::VirtualServer).
    ServerId,
    /// A [`Grant`](crate::server::Grant).
    GrantId,
    /// A legacy MCP [`Session`](crate::session::McpSession).
    SessionId,
    /// A family of refresh tokens: one sign-in and its rotations.
    FamilyId,
    /// An [`AuditEvent`](crate::audit::AuditEvent).
    AuditId,
    /// Audit events that were written together.
    AuditBatchId,
    /// A key that the audit trail is sealed with.
    AuditKeyId,
    /// A stored, oversized [`Result`](crate::session::StoredResult).
    ResultId,
    /// A [`Task`](crate::task::TaskRecord).
    TaskId,
    /// A [`Job`](crate::job::JobRecord).
    JobId,
}

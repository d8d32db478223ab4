//! Who is calling, and for whom a right is meant.

use std::{fmt, str::FromStr, sync::Arc};

use serde::{Deserialize, Serialize};

use crate::{FamilyId, KeyId, TeamId, UserId};

/// What a user may do in the administration. Rights on tools come from grants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Uses what is granted.
    Member,
    /// Edits the catalog, but reaches neither users nor the server's own secrets, files or commands.
    Editor,
    /// Does everything.
    Admin,
}

impl Role {
    /// Every role, from the least to the most powerful.
    pub const ALL: [Self; 3] = [Self::Member, Self::Editor, Self::Admin];

    /// The role as it is written in catalogs, tokens and the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Editor => "editor",
            Self::Admin => "admin",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text that names no role.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is no role; roles are member, editor and admin")]
pub struct UnknownRole(pub String);

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        Self::ALL.into_iter().find(|role| role.as_str() == text).ok_or_else(|| UnknownRole(text.to_owned()))
    }
}

/// The one who calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "type", content = "id", rename_all = "lowercase")]
pub enum Subject {
    /// A person who signed in.
    User(UserId),
    /// An agent with an API key.
    Key(KeyId),
    /// Anyone, on a virtual server that is declared open.
    Anonymous,
}

/// An authenticated caller with everything that decides about its rights.
///
/// Remembered for at most a second, so that a disabled key or a removed team ends within seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// Who it is.
    pub subject: Subject,
    /// For people and logs: the user's e-mail or the key's name.
    pub name: Arc<str>,
    /// Of a key: its own, and never more than its owner's.
    pub role: Role,
    /// Sorted, without repetition.
    pub teams: Arc<[TeamId]>,
    /// Empty: everything that the role and the grants allow. Else a subset of [`Scope`](crate::key::Scope) values.
    pub scopes: Arc<[crate::key::Scope]>,
    /// The [`Connection`](crate::oauth::Connection) of the OAuth client that calls for the user; `None` for the user
    /// in person, and for keys.
    pub connection: Option<FamilyId>,
}

impl Principal {
    /// The caller of an open virtual server.
    #[must_use]
    pub fn anonymous() -> Self {
        Self {
            subject: Subject::Anonymous,
            name: "anonymous".into(),
            role: Role::Member,
            teams: Arc::new([]),
            scopes: Arc::new([]),
            connection: None,
        }
    }
}

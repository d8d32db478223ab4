//! Users: people who sign in.

use serde::{Deserialize, Serialize};

use crate::{FamilyId, Role, Timestamp, UserId};

/// A person with an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Its id.
    pub id: UserId,
    /// Lower case, unique.
    pub email: String,
    /// For display; empty if not given.
    pub display_name: String,
    /// What it may do in the administration.
    pub role: Role,
    /// The argon2id hash in PHC format; `None` where another system signs the person in.
    #[serde(skip)]
    pub password_hash: Option<String>,
    /// A disabled user is refused, with all its keys and tokens.
    pub disabled_at: Option<Timestamp>,
    /// Wrong passwords in a row.
    #[serde(skip)]
    pub failed_logins: u32,
    /// Until when sign-in is refused after wrong passwords.
    pub locked_until: Option<Timestamp>,
    /// When the account was made.
    pub created_at: Timestamp,
    /// The last edit.
    pub updated_at: Timestamp,
    /// Counts edits; the `ETag` of the REST API.
    pub version: i64,
}

/// A refresh token as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefreshToken {
    /// SHA-256 of the token.
    pub hash: [u8; 32],
    /// The sign-in that it descends from; using a used token revokes the whole family.
    pub family: FamilyId,
    /// Whose it is.
    pub user: UserId,
    /// From when on it is refused.
    pub expires_at: Timestamp,
    /// When it was exchanged for the next one.
    pub used_at: Option<Timestamp>,
    /// When its family was revoked.
    pub revoked_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
}

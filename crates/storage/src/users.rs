//! Users and their refresh tokens.

use async_trait::async_trait;
use puente_domain::{
    FamilyId, Timestamp, UserId,
    user::{RefreshToken, User},
};

use crate::{Page, Result, Slice};

/// Users.
#[async_trait]
pub trait UserRepository: Send {
    /// By id.
    async fn get(&mut self, id: UserId) -> Result<Option<User>>;
    /// By e-mail, which is compared in lower case.
    async fn find(&mut self, email: &str) -> Result<Option<User>>;
    /// By e-mail in byte order; `search` matches a part of e-mail or display name, whatever the case.
    async fn list(&mut self, search: Option<&str>, page: &Page) -> Result<Slice<User>>;
    /// How many there are.
    async fn count(&mut self) -> Result<u64>;
    /// Adds one. Conflict: `users.email`.
    async fn add(&mut self, user: &User) -> Result<()>;
    /// Writes everything but id and creation; `user.version` is the one that was read and is counted up.
    async fn update(&mut self, user: &User) -> Result<()>;
    /// Counts a wrong password or, with `locked_until`, locks; without counting up the version.
    async fn set_login_failures(&mut self, id: UserId, failures: u32, locked_until: Option<Timestamp>) -> Result<()>;
    /// Deletes with keys, refresh tokens, memberships and grants; false if there was none. The audit trail keeps its
    /// rows: see [`AuditRepository::pseudonymise`](crate::AuditRepository::pseudonymise).
    async fn remove(&mut self, id: UserId) -> Result<bool>;
}

/// Refresh tokens, by the SHA-256 of the token.
#[async_trait]
pub trait RefreshTokenRepository: Send {
    /// Adds one.
    async fn add(&mut self, token: &RefreshToken) -> Result<()>;
    /// By hash.
    async fn find(&mut self, hash: &[u8; 32]) -> Result<Option<RefreshToken>>;
    /// Marks as used; false if it was used or revoked already (somebody else was faster).
    async fn mark_used(&mut self, hash: &[u8; 32], at: Timestamp) -> Result<bool>;
    /// Revokes every token of a sign-in.
    async fn revoke_family(&mut self, family: FamilyId, at: Timestamp) -> Result<()>;
    /// Revokes every token of a user, and signs its browsers out.
    async fn revoke_user(&mut self, user: UserId, at: Timestamp) -> Result<()>;
    /// Whether any token of this family is still usable: access tokens name their family and end with it.
    async fn family_alive(&mut self, family: FamilyId, now: Timestamp) -> Result<bool>;
    /// Deletes what expired before `before`; how many.
    async fn prune(&mut self, before: Timestamp) -> Result<u64>;
}

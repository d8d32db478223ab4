//! Keys, teams, virtual servers and grants.

use async_trait::async_trait;
use puente_domain::{
    GrantId, KeyId, ServerId, Subject, TeamId, Timestamp, UserId,
    key::ApiKey,
    server::{Grant, Grantee, VirtualServer},
    team::Team,
};

use crate::{Page, Result, Slice};

/// API keys.
#[async_trait]
pub trait KeyRepository: Send {
    /// By id.
    async fn get(&mut self, id: KeyId) -> Result<Option<ApiKey>>;
    /// By the SHA-256 of the key.
    async fn find(&mut self, hash: &[u8; 32]) -> Result<Option<ApiKey>>;
    /// By name.
    async fn by_name(&mut self, name: &str) -> Result<Option<ApiKey>>;
    /// By name in byte order; of one owner, or all.
    async fn list(&mut self, owner: Option<UserId>, page: &Page) -> Result<Slice<ApiKey>>;
    /// Adds one. Conflict: `keys.name`. Missing: `keys.owner`.
    async fn add(&mut self, key: &ApiKey) -> Result<()>;
    /// Disables or enables; false if there is none.
    async fn set_disabled(&mut self, id: KeyId, at: Option<Timestamp>) -> Result<bool>;
    /// Keeps the last use.
    async fn touch(&mut self, id: KeyId, at: Timestamp) -> Result<()>;
    /// Deletes with memberships and grants; false if there was none.
    async fn remove(&mut self, id: KeyId) -> Result<bool>;
}

/// Teams and their members.
#[async_trait]
pub trait TeamRepository: Send {
    /// By id.
    async fn get(&mut self, id: TeamId) -> Result<Option<Team>>;
    /// By name.
    async fn by_name(&mut self, name: &str) -> Result<Option<Team>>;
    /// By name in byte order.
    async fn list(&mut self, page: &Page) -> Result<Slice<Team>>;
    /// Adds one. Conflict: `teams.name`.
    async fn add(&mut self, team: &Team) -> Result<()>;
    /// Writes name and description; counts the version up.
    async fn update(&mut self, team: &Team) -> Result<()>;
    /// Deletes with memberships and grants; false if there was none.
    async fn remove(&mut self, id: TeamId) -> Result<bool>;
    /// Who belongs to it, in a stable order.
    async fn members(&mut self, team: TeamId) -> Result<Vec<Subject>>;
    /// To which teams it belongs, sorted.
    async fn of(&mut self, subject: Subject) -> Result<Vec<TeamId>>;
    /// Adds a member; true if it was none before. Missing: `team_members.subject`.
    async fn add_member(&mut self, team: TeamId, subject: Subject, at: Timestamp) -> Result<bool>;
    /// Removes a member; true if it was one.
    async fn remove_member(&mut self, team: TeamId, subject: Subject) -> Result<bool>;
}

/// Virtual servers.
#[async_trait]
pub trait ServerRepository: Send {
    /// By id.
    async fn get(&mut self, id: ServerId) -> Result<Option<VirtualServer>>;
    /// By name.
    async fn by_name(&mut self, name: &str) -> Result<Option<VirtualServer>>;
    /// By name in byte order.
    async fn list(&mut self, page: &Page) -> Result<Slice<VirtualServer>>;
    /// Adds one. Conflict: `servers.name`.
    async fn add(&mut self, server: &VirtualServer) -> Result<()>;
    /// Writes everything but id and creation; counts the version up.
    async fn update(&mut self, server: &VirtualServer) -> Result<()>;
    /// Deletes with its grants; false if there was none.
    async fn remove(&mut self, id: ServerId) -> Result<bool>;
}

/// Grants.
#[async_trait]
pub trait GrantRepository: Send {
    /// Every grant on a virtual server, or on all, by id.
    async fn list(&mut self, server: Option<ServerId>, page: &Page) -> Result<Slice<Grant>>;
    /// By id.
    async fn get(&mut self, id: GrantId) -> Result<Option<Grant>>;
    /// Those that a caller has by itself, one of its teams, or its role (a grant to `role:member` is for everyone).
    async fn of(&mut self, subject: Subject, teams: &[TeamId], role: puente_domain::Role) -> Result<Vec<Grant>>;
    /// Adds one; does nothing if the grantee has it already, and returns the one that is there.
    async fn add(&mut self, grant: &Grant) -> Result<Grant>;
    /// Removes one; false if there was none.
    async fn remove(&mut self, id: GrantId) -> Result<bool>;
    /// Removes by what it says; false if there was none.
    async fn revoke(&mut self, server: ServerId, grantee: Grantee) -> Result<bool>;
}

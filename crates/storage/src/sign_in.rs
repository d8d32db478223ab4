//! Sign-in for programs and browsers.

use async_trait::async_trait;
use puente_domain::{
    FamilyId, Timestamp, UserId,
    oauth::{AuthorizationCode, Connection, OAuthClient, WebSession},
};

use crate::{Page, Result, Slice};

/// OAuth clients, their authorization codes, and whom they are connected to.
#[async_trait]
pub trait OAuthRepository: Send {
    /// By `client_id`.
    async fn client(&mut self, id: &str) -> Result<Option<OAuthClient>>;
    /// By `client_id` in byte order.
    async fn clients(&mut self, page: &Page) -> Result<Slice<OAuthClient>>;
    /// How many there are.
    async fn count_clients(&mut self) -> Result<u64>;
    /// Adds one, or replaces what a client says about itself: everything but kind, creation, use, and whether it is
    /// disabled.
    async fn put_client(&mut self, client: &OAuthClient) -> Result<()>;
    /// Disables or enables; false if there is none.
    async fn set_client_disabled(&mut self, id: &str, at: Option<Timestamp>) -> Result<bool>;
    /// Keeps the last use, and moves the end of a registration.
    async fn touch_client(&mut self, id: &str, at: Timestamp, expires_at: Timestamp) -> Result<()>;
    /// Deletes with its codes and connections; false if there was none.
    async fn remove_client(&mut self, id: &str) -> Result<bool>;

    /// Adds a code. Missing: `oauth.reference`.
    async fn add_code(&mut self, code: &AuthorizationCode) -> Result<()>;
    /// By hash.
    async fn code(&mut self, hash: &[u8; 32]) -> Result<Option<AuthorizationCode>>;
    /// Marks a code as used; false if it was already (somebody else was faster).
    async fn use_code(&mut self, hash: &[u8; 32], at: Timestamp) -> Result<bool>;

    /// Adds a connection. Missing: `oauth.reference`.
    async fn connect(&mut self, connection: &Connection) -> Result<()>;
    /// By family.
    async fn connection(&mut self, family: FamilyId) -> Result<Option<Connection>>;
    /// A person's, newest first.
    async fn connections(&mut self, user: UserId) -> Result<Vec<Connection>>;
    /// Keeps the last exchange.
    async fn touch_connection(&mut self, family: FamilyId, at: Timestamp) -> Result<()>;
    /// Deletes a connection; false if there was none. Its tokens are refused without it.
    async fn disconnect(&mut self, family: FamilyId) -> Result<bool>;

    /// Deletes codes and unused registrations that expired before this moment, and connections that were last used
    /// before `idle_since`; how many rows.
    async fn prune(&mut self, now: Timestamp, idle_since: Timestamp) -> Result<u64>;
}

/// Browsers that are signed in.
#[async_trait]
pub trait WebSessionRepository: Send {
    /// Adds a session. Missing: `web_sessions.user`.
    async fn add(&mut self, session: &WebSession) -> Result<()>;
    /// By hash, if it has not expired.
    async fn find(&mut self, hash: &[u8; 32], now: Timestamp) -> Result<Option<WebSession>>;
    /// Deletes one; false if there was none.
    async fn remove(&mut self, hash: &[u8; 32]) -> Result<bool>;
    /// Deletes those that expired before this moment; how many.
    async fn prune(&mut self, now: Timestamp) -> Result<u64>;
}

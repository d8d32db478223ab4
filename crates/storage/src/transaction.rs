//! The way in: a storage gives transactions, a transaction gives repositories.

use async_trait::async_trait;

use crate::{
    AuditChainRepository, AuditRepository, CatalogRepository, GrantRepository, JobRepository, KeyRepository,
    McpSessionRepository, OAuthRepository, PinRepository, RefreshTokenRepository, Result, ResultRepository,
    SecretRepository, ServerRepository, TaskRepository, TeamRepository, UserRepository, VersionRepository,
    WebSessionRepository,
};

/// How many connections to the database are open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Connections {
    /// Somebody works with them.
    pub in_use: usize,
    /// They wait for work.
    pub idle: usize,
}

/// A database that is open and migrated.
#[async_trait]
pub trait Storage: Send + Sync + 'static {
    /// A transaction that only reads, on a snapshot.
    async fn read(&self) -> Result<Box<dyn Transaction>>;

    /// A transaction that may write. On SQLite there is one at a time; the others wait.
    async fn write(&self) -> Result<Box<dyn Transaction>>;

    /// `sqlite` or `postgresql`.
    fn backend(&self) -> &'static str;

    /// How its connections are used now.
    fn connections(&self) -> Connections;

    /// Answers once the database does; for `doctor` and readiness.
    async fn ping(&self) -> Result<()>;

    /// Writes everything back and closes.
    async fn close(&self);

    /// Whether a transfer or a restore wants the database for itself: whoever serves should stop using it and
    /// [`leave`](Storage::leave). Never on SQLite, where a transfer waits for nobody.
    ///
    /// # Errors
    /// The connection that holds the right to use the database was lost: [`come_back`](Storage::come_back) renews it.
    async fn is_asked_to_leave(&self) -> Result<bool> {
        Ok(false)
    }

    /// Gives the right to use the database back for a while.
    async fn leave(&self) -> Result<()> {
        Ok(())
    }

    /// Takes it again, once the transfer has ended.
    async fn come_back(&self) -> Result<()> {
        Ok(())
    }
}

/// A transaction, and the repositories within it. Dropped without [`Transaction::save`], it leaves no trace.
///
/// After a conflict, a missing reference or a driver's error it can only be cancelled: [`Transaction::save`] refuses
/// then, on both backends, because PostgreSQL has given the transaction up. Stale versions and unstorable values do not
/// end it.
#[async_trait]
pub trait Transaction: Send {
    /// Users.
    fn users(&mut self) -> &mut dyn UserRepository;
    /// Refresh tokens.
    fn refresh_tokens(&mut self) -> &mut dyn RefreshTokenRepository;
    /// OAuth clients, codes and connections.
    fn oauth(&mut self) -> &mut dyn OAuthRepository;
    /// Browsers that are signed in.
    fn web_sessions(&mut self) -> &mut dyn WebSessionRepository;
    /// API keys.
    fn keys(&mut self) -> &mut dyn KeyRepository;
    /// Teams and who belongs to them.
    fn teams(&mut self) -> &mut dyn TeamRepository;
    /// Virtual servers.
    fn servers(&mut self) -> &mut dyn ServerRepository;
    /// Grants.
    fn grants(&mut self) -> &mut dyn GrantRepository;
    /// Sources and what they offer.
    fn catalog(&mut self) -> &mut dyn CatalogRepository;
    /// Accepted definitions of upstream tools.
    fn pins(&mut self) -> &mut dyn PinRepository;
    /// Sealed secrets.
    fn secrets(&mut self) -> &mut dyn SecretRepository;
    /// The audit trail.
    fn audit(&mut self) -> &mut dyn AuditRepository;
    /// What proves the audit trail.
    fn audit_chain(&mut self) -> &mut dyn AuditChainRepository;
    /// Legacy MCP sessions.
    fn mcp_sessions(&mut self) -> &mut dyn McpSessionRepository;
    /// Oversized results.
    fn results(&mut self) -> &mut dyn ResultRepository;
    /// MCP tasks.
    fn tasks(&mut self) -> &mut dyn TaskRepository;
    /// The durable queue.
    fn jobs(&mut self) -> &mut dyn JobRepository;
    /// Versions of the catalog and of the rights.
    fn versions(&mut self) -> &mut dyn VersionRepository;

    /// Commits. The rows are on the disk when this returns.
    async fn save(self: Box<Self>) -> Result<()>;

    /// Rolls back, and waits for it.
    async fn cancel(self: Box<Self>) -> Result<()>;
}

//! One transaction, which is every repository.

use async_trait::async_trait;
use puente_storage::{
    AuditChainRepository, AuditRepository, CatalogRepository, GrantRepository, JobRepository, KeyRepository,
    McpSessionRepository, OAuthRepository, PinRepository, RefreshTokenRepository, Result, ResultRepository,
    SecretRepository, ServerRepository, StorageError, TaskRepository, TeamRepository, Transaction, UserRepository,
    VersionRepository, WebSessionRepository,
};

use super::errors::{driver, from_reference, from_sqlx};
use crate::{Connection, Db};

/// A database transaction.
pub(crate) struct SqlTransaction {
    inner: sqlx::Transaction<'static, Db>,
    failed: bool,
}

impl SqlTransaction {
    /// Around a transaction that has just begun.
    pub(crate) const fn new(inner: sqlx::Transaction<'static, Db>) -> Self {
        Self { inner, failed: false }
    }

    /// Where statements run.
    pub(super) fn connection(&mut self) -> &mut Connection {
        &mut self.inner
    }

    /// What a failed statement means. The transaction can only be cancelled from now on: PostgreSQL has given it up and
    /// would answer a commit with a silent rollback, and SQLite shall not behave differently.
    pub(super) fn fail(&mut self, error: sqlx::Error) -> StorageError {
        self.failed = true;
        from_sqlx(error)
    }

    /// As [`Self::fail`], where the statement may refer to a row that does not exist: `missing`.
    pub(super) fn fail_reference(&mut self, error: sqlx::Error, missing: &'static str) -> StorageError {
        self.failed = true;
        from_reference(error, missing)
    }
}

#[async_trait]
impl Transaction for SqlTransaction {
    fn users(&mut self) -> &mut dyn UserRepository {
        self
    }

    fn refresh_tokens(&mut self) -> &mut dyn RefreshTokenRepository {
        self
    }

    fn oauth(&mut self) -> &mut dyn OAuthRepository {
        self
    }

    fn web_sessions(&mut self) -> &mut dyn WebSessionRepository {
        self
    }

    fn keys(&mut self) -> &mut dyn KeyRepository {
        self
    }

    fn teams(&mut self) -> &mut dyn TeamRepository {
        self
    }

    fn servers(&mut self) -> &mut dyn ServerRepository {
        self
    }

    fn grants(&mut self) -> &mut dyn GrantRepository {
        self
    }

    fn catalog(&mut self) -> &mut dyn CatalogRepository {
        self
    }

    fn pins(&mut self) -> &mut dyn PinRepository {
        self
    }

    fn secrets(&mut self) -> &mut dyn SecretRepository {
        self
    }

    fn audit(&mut self) -> &mut dyn AuditRepository {
        self
    }

    fn audit_chain(&mut self) -> &mut dyn AuditChainRepository {
        self
    }

    fn mcp_sessions(&mut self) -> &mut dyn McpSessionRepository {
        self
    }

    fn results(&mut self) -> &mut dyn ResultRepository {
        self
    }

    fn tasks(&mut self) -> &mut dyn TaskRepository {
        self
    }

    fn jobs(&mut self) -> &mut dyn JobRepository {
        self
    }

    fn versions(&mut self) -> &mut dyn VersionRepository {
        self
    }

    async fn save(self: Box<Self>) -> Result<()> {
        if self.failed {
            self.inner.rollback().await.map_err(from_sqlx)?;
            return Err(driver("a statement of this transaction failed, so nothing of it was saved"));
        }
        self.inner.commit().await.map_err(from_sqlx)
    }

    async fn cancel(self: Box<Self>) -> Result<()> {
        self.inner.rollback().await.map_err(from_sqlx)
    }
}

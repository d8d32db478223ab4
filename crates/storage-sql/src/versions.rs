//! Versions, small values and leases.

use std::time::Duration;

use async_trait::async_trait;
use puente_storage::{Lease, Result, VersionRepository, Versioned};

use super::{SqlTransaction, text::storable};
use crate::dialect;

/// A century: beyond it the databases' arithmetic could overflow.
const LONGEST: Duration = Duration::from_hours(100 * 366 * 24);

const fn name(what: Versioned) -> &'static str {
    match what {
        Versioned::Catalog => "catalog",
        Versioned::Rights => "rights",
    }
}

#[async_trait]
impl VersionRepository for SqlTransaction {
    async fn get(&mut self, what: Versioned) -> Result<i64> {
        let version =
            sqlx::query_scalar!(r#"SELECT version AS "version!: i64" FROM versions WHERE name = $1"#, name(what));
        let version = version.fetch_optional(self.connection()).await.map_err(|error| self.fail(error))?;
        Ok(version.unwrap_or(0))
    }

    async fn bump(&mut self, what: Versioned) -> Result<i64> {
        let version = sqlx::query_scalar!(
            r#"INSERT INTO versions (name, version) VALUES ($1, 1)
               ON CONFLICT (name) DO UPDATE SET version = versions.version + 1
               RETURNING version AS "version!: i64""#,
            name(what)
        );
        version.fetch_one(self.connection()).await.map_err(|error| self.fail(error))
    }

    async fn value(&mut self, name: &str) -> Result<Option<String>> {
        let value = sqlx::query_scalar!("SELECT value FROM settings WHERE name = $1", storable("settings.name", name)?);
        value.fetch_optional(self.connection()).await.map_err(|error| self.fail(error))
    }

    async fn set_value(&mut self, name: &str, value: &str) -> Result<()> {
        sqlx::query!(
            "INSERT INTO settings (name, value) VALUES ($1, $2)
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            storable("settings.name", name)?,
            storable("settings.value", value)?
        )
        .execute(self.connection())
        .await
        .map_err(|error| self.fail(error))?;
        Ok(())
    }

    async fn acquire(&mut self, lease: &Lease) -> Result<bool> {
        let micros = i64::try_from(lease.ttl.min(LONGEST).as_micros()).unwrap_or(i64::MAX);
        let (name, holder) = (storable("leases.name", &lease.name)?, storable("leases.holder", &lease.holder)?);
        let acquired = dialect::acquire_lease(self.connection(), name, holder, micros).await;
        acquired.map_err(|error| self.fail(error))
    }

    async fn release(&mut self, name: &str, holder: &str) -> Result<()> {
        sqlx::query!(
            "DELETE FROM leases WHERE name = $1 AND holder = $2",
            storable("leases.name", name)?,
            storable("leases.holder", holder)?
        )
        .execute(self.connection())
        .await
        .map_err(|error| self.fail(error))?;
        Ok(())
    }
}

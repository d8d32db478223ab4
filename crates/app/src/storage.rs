//! Which database.

use std::sync::Arc;

use anyhow::Context;
use puente_config::{Database, DatabaseSettings};
use puente_storage::Storage;
use puente_storage_postgres::PostgresOptions;
use puente_storage_sqlite::SqliteOptions;
use secrecy::ExposeSecret;

/// Opens the database of the settings and brings its schema up to date.
pub(crate) async fn open(settings: &DatabaseSettings) -> anyhow::Result<Arc<dyn Storage>> {
    let connections = u32::try_from(settings.pool_size.get()).unwrap_or(u32::MAX);
    match &settings.database {
        Database::Sqlite { path } => {
            let options = SqliteOptions { readers: connections, ..SqliteOptions::default() };
            let storage = puente_storage_sqlite::open(path, options).await;
            Ok(Arc::new(storage.with_context(|| format!("cannot open the database {}", path.display()))?))
        }
        Database::Postgres { url } => {
            let options = PostgresOptions {
                connections,
                patience: settings.acquire_timeout,
                statement: settings.statement_timeout,
                lifetime: settings.connection_lifetime,
            };
            let storage = puente_storage_postgres::connect(url.expose_secret(), options).await;
            Ok(Arc::new(storage.context("cannot connect to the PostgreSQL database of DATABASE_URL")?))
        }
    }
}

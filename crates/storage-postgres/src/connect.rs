//! Connecting.

use std::{str::FromStr, time::Duration};

use puente_storage::Result;
use sqlx::{
    ConnectOptions,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use crate::{PostgresStorage, migrate::migrate, repositories::from_sqlx};

/// How many connections, and how patient.
#[derive(Clone, Copy, Debug)]
pub struct PostgresOptions {
    /// Connections at most, opened when they are needed.
    pub connections: u32,
    /// How long to wait for a free connection.
    pub patience: Duration,
}

impl Default for PostgresOptions {
    fn default() -> Self {
        Self { connections: 16, patience: Duration::from_secs(30) }
    }
}

/// Connects to `postgresql://user:password@host/database` and brings the schema up to date.
///
/// # Errors
/// [`StorageError::TooNew`](puente_storage::StorageError::TooNew) if a newer Puente has changed the schema,
/// [`StorageError::Driver`](puente_storage::StorageError::Driver) if the database does not answer or refuses the login.
pub async fn connect(url: &str, options: PostgresOptions) -> Result<PostgresStorage> {
    let connect = PgConnectOptions::from_str(url).map_err(from_sqlx)?.application_name("puente");
    migrate(connect.connect().await.map_err(from_sqlx)?).await?;
    let pool = PgPoolOptions::new()
        .max_connections(options.connections.max(1))
        .acquire_timeout(options.patience)
        .connect_lazy_with(connect);
    Ok(PostgresStorage::new(pool))
}

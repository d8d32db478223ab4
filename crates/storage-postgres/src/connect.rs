//! Connecting.

use std::{str::FromStr, time::Duration};

use puente_storage::Result;
use sqlx::{
    ConnectOptions,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use crate::{PostgresStorage, Presence, migrate::migrate, repositories::from_sqlx};

/// How many connections, and how patient.
#[derive(Clone, Copy, Debug)]
pub struct PostgresOptions {
    /// Connections at most, opened when they are needed.
    pub connections: u32,
    /// How long to wait for a free connection.
    pub patience: Duration,
    /// How long one statement may take. Migrations may take longer.
    pub statement: Duration,
    /// How old a connection may become.
    pub lifetime: Duration,
}

/// A transaction that does nothing for so long lost its process, and would hold up others.
const IDLE_IN_TRANSACTION: Duration = Duration::from_mins(1);

impl Default for PostgresOptions {
    fn default() -> Self {
        Self {
            connections: 16,
            patience: Duration::from_secs(30),
            statement: Duration::from_mins(1),
            lifetime: Duration::from_mins(30),
        }
    }
}

/// Connects to `postgresql://user:password@host/database` and brings the schema up to date. While a
/// transfer is at work on it, this waits for the transfer's end.
///
/// # Errors
/// [`StorageError::TooNew`](puente_storage::StorageError::TooNew) if a newer Puente has changed the schema,
/// [`StorageError::Driver`](puente_storage::StorageError::Driver) if the database does not answer or refuses the login.
pub async fn connect(url: &str, options: PostgresOptions) -> Result<PostgresStorage> {
    let connect = PgConnectOptions::from_str(url).map_err(from_sqlx)?.application_name("puente");
    let waiting = || tracing::warn!("a transfer or a restore is at work on the database; waiting for its end");
    let presence = Presence::enter(connect.clone(), waiting).await?;
    migrate(connect.connect().await.map_err(from_sqlx)?).await?;
    let pool = PgPoolOptions::new()
        .max_connections(options.connections.max(1))
        .acquire_timeout(options.patience)
        .max_lifetime(options.lifetime)
        .connect_lazy_with(connect.options([
            ("statement_timeout", options.statement.as_millis().to_string()),
            ("idle_in_transaction_session_timeout", IDLE_IN_TRANSACTION.as_millis().to_string()),
        ]));
    Ok(PostgresStorage::new(pool, presence))
}

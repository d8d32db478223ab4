//! Connecting and cancelling.

use std::{str::FromStr, time::Duration};

use async_trait::async_trait;
use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection, Executor, MySqlConnection,
    mysql::{MySqlConnectOptions, MySqlSslMode},
};
use tokio::time::timeout;

use super::{
    super::{EngineError, supervise::Canceller},
    error,
};
use crate::{pool::Manager, reach::Reach};

/// How long connecting may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a cancellation may take.
const CANCEL_TIMEOUT: Duration = Duration::from_secs(5);
/// Prepared statements that a connection keeps.
const STATEMENTS: usize = 256;
/// The same dialect on every server: backslashes escape, `"` quotes text, `||` joins texts, wrong values are errors.
const SQL_MODE: &str =
    "SET sql_mode = 'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION,PIPES_AS_CONCAT'";

/// Makes connections of one login. Cheap to clone. Holds credentials: no `Debug`.
#[derive(Clone)]
pub(super) struct Connector {
    reach: Reach,
    options: MySqlConnectOptions,
}

/// A connection and the server's number for it.
pub(super) struct Session {
    pub(super) connection: MySqlConnection,
    pub(super) id: i64,
    /// MariaDB and MySQL limit the time of a statement by different settings.
    pub(super) is_mariadb: bool,
}

impl Connector {
    /// From a URL.
    pub(super) fn new(reach: Reach) -> Result<Self, String> {
        let options = MySqlConnectOptions::from_str(&reach.url())
            .map_err(|_| "the database's URL cannot be read".to_owned())?
            .statement_cache_capacity(STATEMENTS)
            .timezone(Some("+00:00".to_owned()))
            .disable_statement_logging();
        Ok(Self { reach, options })
    }

    async fn open(&self) -> Result<MySqlConnection, EngineError> {
        let mut options = self.options.clone();
        let verifies_name = matches!(options.get_ssl_mode(), MySqlSslMode::VerifyIdentity);
        if let Some(address) = self.reach.address().await?.filter(|_| !verifies_name) {
            // The address that was checked, and not what the name may mean a moment later.
            options = options.host(&address.to_string());
        }
        options.connect().await.map_err(error::connecting)
    }

    async fn session(&self) -> Result<Session, EngineError> {
        let mut connection = self.open().await?;
        connection.execute(SQL_MODE).await.map_err(error::from_sqlx)?;
        let (id, version): (i64, String) =
            sqlx::query_as("SELECT CAST(CONNECTION_ID() AS SIGNED), CAST(VERSION() AS CHAR)")
                .fetch_one(&mut connection)
                .await
                .map_err(error::from_sqlx)?;
        Ok(Session { connection, id, is_mariadb: version.contains("MariaDB") })
    }
}

#[async_trait]
impl Canceller for Connector {
    async fn cancel(&self, connection: i64) {
        let cancelled = timeout(CANCEL_TIMEOUT, async {
            let mut second = self.open().await?;
            // `KILL` takes no placeholder; the number is the server's own.
            let cancelled = second.execute(AssertSqlSafe(format!("KILL QUERY {connection}"))).await;
            second.close().await.map_err(error::from_sqlx)?;
            cancelled.map_err(error::from_sqlx)
        });
        match cancelled.await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => tracing::warn!(%error, cause = ?error, "a statement could not be cancelled"),
            Err(_) => tracing::warn!("a statement could not be cancelled in time"),
        }
    }
}

#[async_trait]
impl Manager for Connector {
    type Connection = Session;

    async fn connect(&self) -> Result<Session, EngineError> {
        timeout(CONNECT_TIMEOUT, self.session())
            .await
            .unwrap_or_else(|late| Err(EngineError::unreachable("the database does not answer", late)))
    }

    async fn is_alive(&self, session: &mut Session) -> bool {
        matches!(timeout(CANCEL_TIMEOUT, session.connection.ping()).await, Ok(Ok(())))
    }
}

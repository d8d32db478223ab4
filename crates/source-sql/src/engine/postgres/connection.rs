//! Connecting and cancelling.

use std::{str::FromStr, time::Duration};

use async_trait::async_trait;
use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection, Executor, PgConnection,
    postgres::{PgConnectOptions, PgSslMode},
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
/// About three weeks: less than the server's limit.
const LONGEST_MS: u64 = 2_000_000_000;
/// Prepared statements that a connection keeps.
const STATEMENTS: usize = 256;

/// Makes connections of one login. Cheap to clone. Holds credentials: no `Debug`.
#[derive(Clone)]
pub(super) struct Connector {
    reach: Reach,
    options: PgConnectOptions,
}

/// A connection and the server process behind it.
pub(super) struct Session {
    pub(super) connection: PgConnection,
    pub(super) pid: i32,
    /// The session's `statement_timeout` in milliseconds, unless a statement may have changed it.
    pub(super) limit_ms: Option<u64>,
}

impl Session {
    /// Sets the time limit of the statements to come, if it is not what it was. It is rounded up to two digits, so that
    /// calls of the same tool seldom need a message for it; the call's own deadline is exact.
    pub(super) async fn limit(&mut self, limit_ms: u64) -> sqlx::Result<()> {
        let limit_ms = two_digits(limit_ms.clamp(1, LONGEST_MS));
        if self.limit_ms != Some(limit_ms) {
            // A number of ours: a value that a prepared statement cannot carry.
            let set = format!("SET statement_timeout = {limit_ms}");
            self.connection.execute(AssertSqlSafe(set)).await?;
            self.limit_ms = Some(limit_ms);
        }
        Ok(())
    }
}

fn two_digits(number: u64) -> u64 {
    let step = 10_u64.pow(number.ilog10().saturating_sub(1));
    number.next_multiple_of(step)
}

impl Connector {
    /// From a URL.
    pub(super) fn new(reach: Reach) -> Result<Self, String> {
        let mut options = PgConnectOptions::from_str(&reach.url())
            .map_err(|_| "the database's URL cannot be read".to_owned())?
            .statement_cache_capacity(STATEMENTS)
            .application_name("puente")
            .options([
                ("TimeZone", "UTC"),
                ("DateStyle", "ISO, YMD"),
                ("IntervalStyle", "iso_8601"),
                ("default_transaction_read_only", "on"),
            ])
            .disable_statement_logging();
        if reach.is_editors() && !has_password(&reach) {
            // Else the driver would take the server's own from its environment.
            options = options.password("");
        }
        Ok(Self { reach, options })
    }

    async fn open(&self) -> Result<PgConnection, EngineError> {
        let mut options = self.options.clone();
        let verifies_name = matches!(options.get_ssl_mode(), PgSslMode::VerifyFull);
        if let Some(address) = self.reach.address().await?.filter(|_| !verifies_name) {
            // The address that was checked, and not what the name may mean a moment later.
            options = options.host(&address.to_string());
        }
        options.connect().await.map_err(error::connecting)
    }
}

#[async_trait]
impl Canceller for Connector {
    async fn cancel(&self, connection: i64) {
        let cancelled = timeout(CANCEL_TIMEOUT, async {
            let mut second = self.open().await?;
            let query = sqlx::query("SELECT pg_cancel_backend($1::int)").bind(connection);
            let cancelled = query.execute(&mut second).await;
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

fn has_password(reach: &Reach) -> bool {
    url::Url::parse(&reach.url()).is_ok_and(|url| url.password().is_some())
}

#[async_trait]
impl Manager for Connector {
    type Connection = Session;

    async fn connect(&self) -> Result<Session, EngineError> {
        let connecting = async {
            let mut connection = self.open().await?;
            let pid = sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&mut connection).await;
            Ok(Session { pid: pid.map_err(error::from_sqlx)?, connection, limit_ms: None })
        };
        timeout(CONNECT_TIMEOUT, connecting)
            .await
            .unwrap_or_else(|late| Err(EngineError::unreachable("the database does not answer", late)))
    }

    async fn is_alive(&self, session: &mut Session) -> bool {
        matches!(timeout(CANCEL_TIMEOUT, session.connection.ping()).await, Ok(Ok(())))
    }
}

#[cfg(test)]
mod tests {
    use super::two_digits;

    #[test]
    fn limits_are_rounded_up_to_two_digits() {
        let rounded = [1, 9, 10, 99, 100, 101, 4_999, 29_100, 30_000].map(two_digits);
        assert_eq!(rounded, [1, 9, 10, 99, 100, 110, 5_000, 30_000, 30_000]);
    }
}

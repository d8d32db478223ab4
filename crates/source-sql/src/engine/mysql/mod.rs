//! MySQL and MariaDB.
//!
//! Every statement runs in a transaction of its own, `START TRANSACTION READ ONLY` if it only reads, with the time and
//! row limits set in the session before. A second connection cancels it (`KILL QUERY`).

mod arguments;
mod connection;
mod decode;
mod error;
mod execute;
mod probe;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use serde_json::value::RawValue;
use sqlx::{
    AssertSqlSafe, Column as _, ColumnOrigin, Connection, Executor, SqlSafeStr, Statement as _, mysql::MySqlColumn,
};
use tokio::time::{Instant, timeout, timeout_at};
use tokio_util::sync::CancellationToken;

use self::{connection::Connector, decode::Decoder};
use super::{
    Access, Engine, EngineError, Options, Probe, Run, Statement,
    supervise::{Ended, Supervision},
};
use crate::{
    output::{Column, Json},
    pool::{Lease, Pool},
};

/// How long preparing or asking for the version may take.
const PREPARE_TIMEOUT: Duration = Duration::from_secs(10);
/// How long the end of a transaction may take.
const GRACE: Duration = Duration::from_secs(5);

/// A MySQL or MariaDB database under one login.
pub(crate) struct MySql {
    pool: Arc<Pool<Connector>>,
    single_use: bool,
}

impl MySql {
    /// See [`super::open`].
    pub(crate) fn open(options: Options) -> Result<Self, String> {
        let connector = Connector::new(options.reach)?;
        Ok(Self { pool: Pool::new(connector, options.pool), single_use: options.single_use })
    }

    async fn acquire(&self, deadline: Instant, cancel: &CancellationToken) -> Result<Lease<Connector>, EngineError> {
        self.pool.prune();
        self.pool.acquire(deadline, cancel).await
    }

    /// Ends what is left of the transaction and gives the connection back, in the background.
    fn release(&self, mut lease: Lease<Connector>) {
        let single_use = self.single_use;
        tokio::spawn(async move {
            let ended = timeout(GRACE, lease.connection.execute("ROLLBACK")).await;
            if matches!(ended, Ok(Ok(_))) && !single_use {
                lease.keep();
            } else if let Some(session) = lease.take() {
                let closed = session.connection.close().await;
                tracing::trace!(?closed, "closed a connection");
            }
        });
    }

    async fn run_once(&self, run: &Run<'_>) -> Result<Box<RawValue>, EngineError> {
        let mut lease = self.acquire(run.deadline, run.cancel).await?;
        let supervision = Supervision {
            canceller: self.pool.manager(),
            connection: lease.id,
            deadline: run.deadline,
            cancel: run.cancel,
            writes: run.statement.access == Access::Write,
        };
        let work = execute::execute(&mut lease, run, self.single_use);
        match supervision.run(work).await {
            Ended::ByItself(outcome) => {
                if !matches!(outcome, Err(EngineError::Unreachable { .. })) {
                    self.release(lease);
                }
                outcome
            }
            Ended::Stopped(outcome) => outcome,
        }
    }
}

#[async_trait]
impl Engine for MySql {
    async fn describe(&self, statement: &Arc<Statement>) -> Result<Vec<Column>, EngineError> {
        let deadline = Instant::now() + PREPARE_TIMEOUT;
        let mut lease = self.acquire(deadline, &CancellationToken::new()).await?;
        let sql = Arc::clone(&statement.template.sample(&statement.parameters).sql);
        let prepared = timeout_at(deadline, lease.connection.prepare(AssertSqlSafe(sql).into_sql_str())).await;
        let prepared = prepared.map_err(|late| EngineError::unreachable("preparing took too long", late))?;
        let prepared = prepared.map_err(error::from_sqlx);
        if !matches!(prepared, Err(EngineError::Unreachable { .. })) {
            self.release(lease);
        }
        let is_typed_by_values = !statement.parameters.is_empty();
        // The driver hides whether a column can be NULL.
        let column = |column: &MySqlColumn| Column {
            name: column.name().to_owned(),
            json: json(column, is_typed_by_values),
            nullable: true,
        };
        Ok(prepared?.columns().iter().map(column).collect())
    }

    async fn run(&self, run: Run<'_>) -> Result<Box<RawValue>, EngineError> {
        match self.run_once(&run).await {
            Err(error) if error::happened_before_start(&error) => {
                self.pool.forget_idle();
                self.run_once(&run).await
            }
            outcome => outcome,
        }
    }

    async fn probe(&self) -> Result<Probe, EngineError> {
        let deadline = Instant::now() + PREPARE_TIMEOUT;
        let mut lease = self.acquire(deadline, &CancellationToken::new()).await?;
        let probe = timeout_at(deadline, probe::probe(&mut lease.connection))
            .await
            .map_err(|late| EngineError::unreachable("the database does not answer", late))??;
        self.release(lease);
        Ok(probe)
    }

    async fn close(&self) {
        self.pool.close();
    }
}

/// The type of a number that is computed from placeholders is known only when they are bound.
fn json(column: &MySqlColumn, is_typed_by_values: bool) -> Json {
    let json = Decoder::of(column.type_info()).json();
    let is_number = matches!(json, Json::BooleanOrOther | Json::Integer | Json::BigInteger | Json::Number);
    let is_computed = !matches!(column.origin(), ColumnOrigin::Table(_));
    if is_number && is_computed && is_typed_by_values { Json::NumberOrText } else { json }
}

#[cfg(test)]
mod tests;

//! PostgreSQL.
//!
//! Every statement runs in a transaction of its own, `BEGIN READ ONLY` if it only reads. The session has its time limit,
//! which is set anew when it is another one. A second connection cancels it.

mod arguments;
mod array;
mod connection;
mod decode;
mod error;
mod execute;
mod network;
mod nullable;
mod numeric;
mod probe;
mod shape;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use serde_json::value::RawValue;
use sqlx::Connection;
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

use self::{connection::Connector, shape::Shapes};
use super::{
    Access, Engine, EngineError, Options, Probe, Run, Statement,
    supervise::{Ended, Supervision},
};
use crate::{
    output::Column,
    pool::{Lease, Pool},
};

/// How long preparing or asking for the version may take.
const PREPARE_TIMEOUT: Duration = Duration::from_secs(10);
/// How long closing a connection may take.
const GRACE: Duration = Duration::from_secs(5);

/// A PostgreSQL database under one login.
pub(crate) struct Postgres {
    pool: Arc<Pool<Connector>>,
    shapes: Shapes,
    single_use: bool,
}

impl Postgres {
    /// See [`super::open`].
    pub(crate) fn open(options: Options) -> Result<Self, String> {
        let connector = Connector::new(options.reach)?;
        Ok(Self { pool: Pool::new(connector, options.pool), shapes: Shapes::default(), single_use: options.single_use })
    }

    async fn acquire(&self, deadline: Instant, cancel: &CancellationToken) -> Result<Lease<Connector>, EngineError> {
        self.pool.prune();
        self.pool.acquire(deadline, cancel).await
    }

    /// Gives a connection back; the caller need not wait for the end of a transaction that changed nothing.
    fn release(&self, lease: Lease<Connector>) {
        if !self.single_use {
            lease.keep_unsettled();
        } else if let Some(session) = lease.take() {
            tokio::spawn(async move {
                let closed = timeout(GRACE, session.connection.close()).await;
                tracing::trace!(?closed, "closed a connection");
            });
        }
    }

    async fn run_once(&self, run: &Run<'_>) -> Result<Box<RawValue>, EngineError> {
        let mut lease = self.acquire(run.deadline, run.cancel).await?;
        let supervision = Supervision {
            canceller: self.pool.manager(),
            connection: lease.pid.into(),
            deadline: run.deadline,
            cancel: run.cancel,
            writes: run.statement.access == Access::Write,
        };
        let work = execute::execute(&mut lease, run, &self.shapes, self.single_use);
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
impl Engine for Postgres {
    async fn describe(&self, statement: &Arc<Statement>) -> Result<Vec<Column>, EngineError> {
        let deadline = Instant::now() + PREPARE_TIMEOUT;
        let mut lease = self.acquire(deadline, &CancellationToken::new()).await?;
        let columns = tokio::time::timeout_at(deadline, shape::describe(&mut lease.connection, statement))
            .await
            .map_err(|late| EngineError::unreachable("preparing took too long", late))?;
        if !matches!(columns, Err(EngineError::Unreachable { .. })) {
            self.release(lease);
        }
        columns
    }

    async fn run(&self, run: Run<'_>) -> Result<Box<RawValue>, EngineError> {
        match self.run_once(&run).await {
            Err(error) if error::may_be_tried_again(&error) => {
                self.pool.forget_idle();
                self.shapes.forget();
                self.run_once(&run).await
            }
            outcome => outcome,
        }
    }

    async fn probe(&self) -> Result<Probe, EngineError> {
        let deadline = Instant::now() + PREPARE_TIMEOUT;
        let mut lease = self.acquire(deadline, &CancellationToken::new()).await?;
        let probe = tokio::time::timeout_at(deadline, probe::probe(&mut lease.connection))
            .await
            .map_err(|late| EngineError::unreachable("the database does not answer", late))??;
        self.release(lease);
        Ok(probe)
    }

    async fn close(&self) {
        self.pool.close();
    }
}

#[cfg(test)]
mod tests;

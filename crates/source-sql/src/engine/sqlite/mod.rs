//! SQLite, through rusqlite (which shares SQLite itself with sqlx): sqlx has no authorizer.
//!
//! Connections that read are opened read-only, and an authorizer decides what a statement may touch while SQLite
//! compiles it. Statements run on the blocking pool; a progress handler stops them.

mod authorizer;
mod columns;
mod connection;
mod execute;
mod functions;
mod value;
mod views;

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::value::RawValue;
use tokio::{task::JoinError, time::Instant};
use tokio_util::sync::CancellationToken;

use self::connection::{Number, Opener, Session, Stop};
use super::{Access, Engine, EngineError, Options, Probe, Run, Statement};
use crate::{
    output::Column,
    pool::{Lease, Pool},
    settings::PoolSettings,
};

/// How long opening the file may take.
const OPEN_TIMEOUT: std::time::Duration = std::time::Duration::from_secs(5);

/// A database file.
pub(crate) struct Sqlite {
    readers: Arc<Pool<Opener>>,
    /// SQLite has one writer at a time.
    writer: Arc<Pool<Opener>>,
    single_use: bool,
}

impl Sqlite {
    /// See [`super::open`].
    pub(crate) fn open(options: Options) -> Result<Self, String> {
        let file = options.reach.file()?.to_owned();
        let reader =
            Opener { file: file.clone(), writes: false, tables: options.tables.into(), ad_hoc: options.single_use };
        let writer = Opener { file, writes: true, tables: Arc::new([]), ad_hoc: false };
        Ok(Self {
            readers: Pool::new(reader, options.pool),
            writer: Pool::new(writer, PoolSettings { max: 1, ..options.pool }),
            single_use: options.single_use,
        })
    }

    async fn acquire(
        &self,
        access: Access,
        deadline: Instant,
        cancel: &CancellationToken,
    ) -> Result<Lease<Opener>, EngineError> {
        let pool = if access == Access::Write { &self.writer } else { &self.readers };
        pool.prune();
        pool.acquire(deadline, cancel).await
    }

    /// Runs `work` on the blocking pool.
    async fn blocking<T: Send + 'static>(
        &self,
        mut lease: Lease<Opener>,
        work: impl FnOnce(&mut Session) -> Result<T, EngineError> + Send + 'static,
    ) -> Result<T, EngineError> {
        let single_use = self.single_use;
        let done = tokio::task::spawn_blocking(move || {
            let result = work(&mut lease);
            if !single_use {
                lease.keep();
            }
            result
        });
        done.await.unwrap_or_else(|panicked: JoinError| Err(EngineError::unreadable(panicked)))
    }
}

#[async_trait]
impl Engine for Sqlite {
    async fn describe(&self, statement: &Arc<Statement>) -> Result<Vec<Column>, EngineError> {
        let lease = self.acquire(statement.access, Instant::now() + OPEN_TIMEOUT, &CancellationToken::new()).await?;
        let statement = Arc::clone(statement);
        self.blocking(lease, move |session| columns::describe(session, &statement)).await
    }

    async fn run(&self, run: Run<'_>) -> Result<Box<RawValue>, EngineError> {
        let limit = run.deadline.saturating_duration_since(Instant::now());
        let lease = self.acquire(run.statement.access, run.deadline, run.cancel).await?;
        let guard = StopWhenDropped::start(&lease.stop);
        let (statement, values, limits) = (Arc::clone(run.statement), run.values, run.limits);
        let work = self.blocking(lease, move |session| execute::execute(session, &statement, &values, limits));
        tokio::pin!(work);
        let stopped = tokio::select! {
            done = &mut work => return done,
            () = run.cancel.cancelled() => EngineError::Cancelled,
            () = tokio::time::sleep_until(run.deadline) => EngineError::timed_out(limit),
        };
        drop(guard);
        // What ended in the same moment counts; a writing statement is committed then.
        work.await.or(Err(stopped))
    }

    async fn probe(&self) -> Result<Probe, EngineError> {
        let lease = self.acquire(Access::Read, Instant::now() + OPEN_TIMEOUT, &CancellationToken::new()).await?;
        self.blocking(lease, |session| execute::probe(session)).await
    }

    async fn close(&self) {
        self.readers.close();
        self.writer.close();
    }
}

/// Stops the statement when its call ends, however that is.
struct StopWhenDropped(Stop, Number);

impl StopWhenDropped {
    fn start(stop: &Stop) -> Self {
        Self(stop.clone(), stop.start())
    }
}

impl Drop for StopWhenDropped {
    fn drop(&mut self) {
        self.0.request(self.1);
    }
}

#[cfg(test)]
mod tests;

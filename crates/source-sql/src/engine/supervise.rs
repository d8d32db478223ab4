//! Runs a statement until it ends, its time is over, or nobody wants it any more; then it is stopped inside the database
//! by a second connection.

use std::{future::Future, time::Duration};

use async_trait::async_trait;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use super::EngineError;

/// How long a cancelled statement may go on.
const GRACE: Duration = Duration::from_secs(5);

/// Stops what a connection runs, from outside.
#[async_trait]
pub(super) trait Canceller: Clone + Send + Sync + 'static {
    /// Stops what the connection with this number (of the server's) runs. Failures are logged.
    async fn cancel(&self, connection: i64);
}

/// How a statement came to its end.
pub(super) enum Ended<T> {
    /// It ended, well or not: what becomes of its connection is known.
    ByItself(Result<T, EngineError>),
    /// It was stopped. The signal may still be on its way, so its connection serves nobody else.
    Stopped(Result<T, EngineError>),
}

/// When to stop, and whom.
pub(super) struct Supervision<'a, C> {
    pub(super) canceller: &'a C,
    /// The server's number of the connection.
    pub(super) connection: i64,
    pub(super) deadline: Instant,
    pub(super) cancel: &'a CancellationToken,
    /// Whether a statement that was committed in the moment of its cancellation counts.
    pub(super) writes: bool,
}

impl<C: Canceller> Supervision<'_, C> {
    /// Runs `work`. When it returns, the statement has ended inside the database, too; when it is dropped, the statement
    /// is stopped soon.
    pub(super) async fn run<T>(self, work: impl Future<Output = Result<T, EngineError>>) -> Ended<T> {
        let mut guard = CancelWhenDropped { canceller: Some(self.canceller.clone()), connection: self.connection };
        let limit = self.deadline.saturating_duration_since(Instant::now());
        tokio::pin!(work);
        let reason = tokio::select! {
            done = &mut work => {
                guard.canceller = None;
                return Ended::ByItself(done);
            }
            () = self.cancel.cancelled() => EngineError::Cancelled,
            () = sleep_until(self.deadline) => EngineError::timed_out(limit),
        };
        self.canceller.cancel(self.connection).await;
        let ended = timeout(GRACE, &mut work).await;
        guard.canceller = None;
        Ended::Stopped(match ended {
            Ok(Ok(result)) if self.writes => Ok(result),
            _ => Err(reason),
        })
    }
}

/// Cancels the statement of a call that nobody waits for any more.
struct CancelWhenDropped<C: Canceller> {
    canceller: Option<C>,
    connection: i64,
}

impl<C: Canceller> Drop for CancelWhenDropped<C> {
    fn drop(&mut self) {
        if let Some(canceller) = self.canceller.take() {
            let connection = self.connection;
            tokio::spawn(async move { canceller.cancel(connection).await });
        }
    }
}

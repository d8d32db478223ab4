//! A pool of warm connections that takes back only those whose outcome is known.
//!
//! sqlx's own pool cannot tell a connection's server process (which cancelling needs), and asks the server after each
//! use whether it is still there.

use std::{
    ops::{Deref, DerefMut},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, timeout_at},
};
use tokio_util::sync::CancellationToken;

use crate::{engine::EngineError, settings::PoolSettings};

/// A connection that was not used for this long is asked whether it is still there.
const CHECK_AFTER: Duration = Duration::from_secs(2);

/// Makes connections.
#[async_trait]
pub(crate) trait Manager: Send + Sync + 'static {
    /// A connection; dropping it closes it.
    type Connection: Send + 'static;

    /// Connects.
    async fn connect(&self) -> Result<Self::Connection, EngineError>;

    /// Whether the other side is still there.
    async fn is_alive(&self, connection: &mut Self::Connection) -> bool;
}

/// Connections of one login.
pub(crate) struct Pool<M: Manager> {
    manager: M,
    settings: PoolSettings,
    slots: Arc<Semaphore>,
    idle: Mutex<Vec<Idle<M::Connection>>>,
}

struct Idle<C> {
    connection: C,
    born: Instant,
    since: Instant,
    is_settled: bool,
}

impl<M: Manager> Pool<M> {
    /// An empty pool.
    pub(crate) fn new(manager: M, settings: PoolSettings) -> Arc<Self> {
        let slots = Arc::new(Semaphore::new(settings.max.max(1)));
        Arc::new(Self { manager, settings, slots, idle: Mutex::default() })
    }

    /// Who makes the connections.
    pub(crate) fn manager(&self) -> &M {
        &self.manager
    }

    /// A connection, warm if possible.
    ///
    /// # Errors
    /// [`EngineError::Unreachable`] if none is free or made until `deadline`; [`EngineError::Cancelled`].
    pub(crate) async fn acquire(
        self: &Arc<Self>,
        deadline: Instant,
        cancel: &CancellationToken,
    ) -> Result<Lease<M>, EngineError> {
        let acquired = timeout_at(deadline, async {
            let slot = Arc::clone(&self.slots)
                .acquire_owned()
                .await
                .map_err(|closed| EngineError::unreachable("the source is closed", closed))?;
            let (connection, born) = match self.warm().await {
                Some(warm) => warm,
                None => (self.manager.connect().await?, Instant::now()),
            };
            Ok(Lease { pool: Arc::clone(self), connection: Some(connection), born, _slot: slot })
        });
        let acquired = tokio::select! {
            acquired = acquired => acquired,
            () = cancel.cancelled() => return Err(EngineError::Cancelled),
        };
        acquired.unwrap_or_else(|late| {
            Err(EngineError::unreachable("no connection to the database became free in time", late))
        })
    }

    async fn warm(&self) -> Option<(M::Connection, Instant)> {
        loop {
            let mut idle = self.lock().pop()?;
            let fresh = idle.since.elapsed() < CHECK_AFTER || self.manager.is_alive(&mut idle.connection).await;
            if fresh && !self.is_expired(&idle) {
                return Some((idle.connection, idle.born));
            }
        }
    }

    fn is_expired(&self, idle: &Idle<M::Connection>) -> bool {
        self.settings.lifetime.is_some_and(|lifetime| idle.born.elapsed() > lifetime)
            || self.settings.idle.is_some_and(|longest| idle.since.elapsed() > longest)
    }

    /// Lets idle connections send what is queued on them, unless callers wait: theirs send it with what comes next.
    async fn settle(self: Arc<Self>) {
        while let Ok(slot) = Arc::clone(&self.slots).try_acquire_owned() {
            let unsettled = self.lock().extract_if(.., |idle| !idle.is_settled).next();
            let Some(Idle { connection, born, .. }) = unsettled else { return };
            let mut lease = Lease { pool: Arc::clone(&self), connection: Some(connection), born, _slot: slot };
            if self.manager.is_alive(&mut lease).await {
                lease.keep();
            }
        }
    }

    /// Drops connections that nobody used for too long.
    pub(crate) fn prune(&self) {
        let expired: Vec<_> = self.lock().extract_if(.., |idle| self.is_expired(idle)).collect();
        drop(expired);
    }

    /// Drops all idle connections: one was found dead.
    pub(crate) fn forget_idle(&self) {
        let idle = std::mem::take(&mut *self.lock());
        drop(idle);
    }

    /// Closes idle connections now and the others as they come back; nobody gets one any more.
    pub(crate) fn close(&self) {
        self.slots.close();
        let idle = std::mem::take(&mut *self.lock());
        drop(idle);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Idle<M::Connection>>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection in use. Dropped, it is closed; see [`Lease::keep`].
pub(crate) struct Lease<M: Manager> {
    pool: Arc<Pool<M>>,
    connection: Option<M::Connection>,
    born: Instant,
    _slot: OwnedSemaphorePermit,
}

impl<M: Manager> Lease<M> {
    /// Gives the connection back for others: its outcome is known and nothing is left of its transaction.
    pub(crate) fn keep(mut self) {
        self.put_back(true);
    }

    /// Gives a connection back whose transaction ends with the message that is queued on it. Nobody waits for that: it
    /// goes with the next caller's message, or by itself if there is none.
    pub(crate) fn keep_unsettled(mut self) {
        self.put_back(false);
        let pool = Arc::clone(&self.pool);
        drop(self);
        tokio::spawn(pool.settle());
    }

    fn put_back(&mut self, is_settled: bool) {
        if let Some(connection) = self.connection.take().filter(|_| !self.pool.slots.is_closed()) {
            self.pool.lock().push(Idle { connection, born: self.born, since: Instant::now(), is_settled });
        }
    }

    /// Takes the connection out, to close it in an orderly way.
    pub(crate) fn take(mut self) -> Option<M::Connection> {
        self.connection.take()
    }
}

impl<M: Manager> Deref for Lease<M> {
    type Target = M::Connection;

    fn deref(&self) -> &M::Connection {
        self.connection.as_ref().expect("only keep() takes it, and that ends the lease")
    }
}

impl<M: Manager> DerefMut for Lease<M> {
    fn deref_mut(&mut self) -> &mut M::Connection {
        self.connection.as_mut().expect("only keep() takes it, and that ends the lease")
    }
}

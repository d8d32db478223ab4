//! Lines in both directions: the standard streams of a process, or the older HTTP with SSE.

mod exchange;
mod lines;
pub(crate) mod process;
mod route;
pub(crate) mod sse;

use std::collections::HashMap;
use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use serde::Serialize;
use tokio::{
    runtime::Handle,
    sync::mpsc::{self, error::TrySendError},
};
use tokio_util::sync::CancellationToken;

pub(crate) use exchange::LineExchange;

use super::{Events, Outgoing};
use crate::{
    error::LinkError,
    wire::{self, Incoming, Meta},
};

/// How many messages wait to be written: beyond that, callers wait.
const OUTGOING: usize = 64;
/// How many messages of one request wait to be read; of too many the notifications are lost.
const INCOMING: usize = 256;

/// What a request hears: its messages, or why there will be no more.
type Heard = Result<Incoming, LinkError>;

/// A request that waits for its answer.
struct Waiting {
    sender: mpsc::Sender<Heard>,
    max_bytes: usize,
}

/// What the link and the task that reads share.
pub(crate) struct Shared {
    running: Mutex<HashMap<u64, Waiting>>,
    events: Events,
    /// Whether the upstream may ask: then at most one request runs, and what it asks is that one's.
    asks: bool,
    closed: CancellationToken,
    outgoing: mpsc::WeakSender<Vec<u8>>,
}

/// A way that carries lines. Dropping the last handle ends the other side.
pub(crate) struct LineLink {
    shared: Arc<Shared>,
    outgoing: mpsc::Sender<Vec<u8>>,
    ids: AtomicU64,
}

impl LineLink {
    /// A link, and what is to be written to the other side.
    fn new(events: Events, asks: bool) -> (Arc<Self>, mpsc::Receiver<Vec<u8>>) {
        let (outgoing, written) = mpsc::channel(OUTGOING);
        let shared = Arc::new(Shared {
            running: Mutex::default(),
            events,
            asks,
            closed: CancellationToken::new(),
            outgoing: outgoing.downgrade(),
        });
        (Arc::new(Self { shared, outgoing, ids: AtomicU64::new(1) }), written)
    }

    pub(super) async fn send<P: Serialize>(self: &Arc<Self>, out: &Outgoing<'_, P>) -> Result<LineExchange, LinkError> {
        let id = self.ids.fetch_add(1, Ordering::Relaxed);
        let meta = Meta { progress_token: out.progress.then_some(id), ..out.meta };
        let message = wire::request(id, out.method, out.params, meta);
        let (sender, receiver) = mpsc::channel(INCOMING);
        self.shared.running().insert(id, Waiting { sender, max_bytes: out.max_bytes });
        // From here on, dropping gives it up. What never was written need not be cancelled.
        let mut exchange = LineExchange::new(self.clone(), id, receiver);
        if self.write(message).await.is_err() {
            exchange.forget();
            return Err(LinkError::SessionGone);
        }
        exchange.sent();
        Ok(exchange)
    }

    pub(super) async fn write(&self, message: Vec<u8>) -> Result<(), LinkError> {
        if self.is_closed() {
            return Err(LinkError::SessionGone);
        }
        self.outgoing.send(message).await.map_err(|_| LinkError::SessionGone)
    }

    /// Writes a message that must not be lost when many are given up at once; waits for its turn in the background.
    fn write_later(&self, message: Vec<u8>) {
        let Err(TrySendError::Full(message)) = self.outgoing.try_send(message) else { return };
        // Without a runtime everything ends anyway.
        let Ok(runtime) = Handle::try_current() else { return };
        let (outgoing, closed) = (self.outgoing.clone(), self.shared.closed.clone());
        runtime.spawn(closed.run_until_cancelled_owned(async move { outgoing.send(message).await }));
    }

    pub(super) fn is_closed(&self) -> bool {
        self.shared.closed.is_cancelled()
    }

    pub(super) async fn closed(&self) {
        self.shared.closed.cancelled().await;
    }
}

impl Shared {
    fn running(&self) -> MutexGuard<'_, HashMap<u64, Waiting>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How large a line may be now.
    fn limit(&self) -> usize {
        self.running().values().map(|waiting| waiting.max_bytes).max().unwrap_or(super::SMALL)
    }

    /// Nothing will come any more: all who wait are told.
    fn close(&self) {
        self.closed.cancel();
        self.running().clear();
    }
}

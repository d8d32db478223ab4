//! What one client's connection holds.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use bytes::Bytes;
use futures::poll;
use rmcp::model::{ErrorCode, ErrorData};
use tokio::sync::mpsc;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    Handler,
    events::{self, Step},
    http::single_line,
    legacy::{Peer, running::Running},
    outlet::Outlet,
    reply::error_message,
    service::Service,
    sync::lock,
};

pub(super) struct Connection<H: Handler> {
    pub(super) service: Arc<Service<H>>,
    pub(super) caller: H::Caller,
    pub(super) outlet: Arc<Pipe>,
    /// Modern requests; those of a legacy client are listed with its peer.
    pub(super) running: Running,
    /// The client of the last `initialize`.
    peer: Mutex<Option<Arc<Peer>>>,
    /// Cancelled when the client has closed its end.
    pub(super) ending: CancellationToken,
    tasks: TaskTracker,
}

/// The way to the client.
pub(super) struct Pipe(mpsc::Sender<Vec<u8>>);

impl Outlet for Pipe {
    fn send(&self, message: Vec<u8>) {
        // A client that does not read loses notifications, never answers.
        let _ = self.0.try_send(single_line(message));
    }
}

impl<H: Handler> Connection<H> {
    pub(super) fn new(service: Arc<Service<H>>, caller: H::Caller, sender: mpsc::Sender<Vec<u8>>) -> Arc<Self> {
        Arc::new(Self {
            caller,
            outlet: Arc::new(Pipe(sender)),
            running: Running::default(),
            peer: Mutex::default(),
            ending: service.closing.child_token(),
            service,
            tasks: TaskTracker::new(),
        })
    }

    /// Resolves when nothing more can be written.
    pub(super) async fn gone(&self) {
        self.outlet.0.closed().await;
    }

    pub(super) fn peer(&self) -> Option<Arc<Peer>> {
        lock(&self.peer).clone()
    }

    pub(super) fn set_peer(&self, peer: Arc<Peer>) {
        *lock(&self.peer) = Some(peer);
    }

    /// Takes a line. It is begun before this returns, so that a cancellation that follows finds it; what does not end at
    /// once goes on beside the next lines.
    pub(super) async fn take(self: &Arc<Self>, line: Bytes) {
        let connection = self.clone();
        let mut work = Box::pin(async move {
            if let Some(answer) = connection.answer(&line).await {
                connection.write(answer).await;
            }
        });
        if poll!(&mut work).is_pending() {
            self.tasks.spawn(self.service.running.track_future(work));
        }
    }

    pub(super) async fn refuse_long_line(&self) {
        let message = format!("the line is longer than {} bytes", self.service.options.max_body);
        let error = ErrorData::new(ErrorCode::INVALID_REQUEST, message, None);
        self.write(error_message(None, &error)).await;
    }

    async fn write(&self, message: Vec<u8>) {
        // The client is gone if this fails, and reading ends.
        let _ = self.outlet.0.send(single_line(message)).await;
    }

    /// Tells a legacy client what happens, until it closes its end or initializes anew.
    pub(super) fn forward_events(self: &Arc<Self>, peer: Arc<Peer>) {
        let connection = self.clone();
        let mut receiver = self.service.handler.events(&self.caller);
        self.tasks.spawn(async move {
            loop {
                let step = tokio::select! {
                    () = connection.ending.cancelled() => Step::End,
                    step = events::next(&mut receiver) => step,
                };
                let Step::Events(events) = step else { return };
                if !connection.peer().is_some_and(|present| Arc::ptr_eq(&present, &peer)) {
                    return;
                }
                let wanted = peer.wanted();
                for message in events.iter().filter_map(|event| wanted.notification(event, None)) {
                    connection.outlet.send(message);
                }
            }
        });
    }

    /// Ends subscriptions, gives calls `grace` to end, and cancels the rest.
    pub(super) async fn end(&self, grace: Duration) {
        self.ending.cancel();
        self.tasks.close();
        let peer = self.peer();
        if let Some(peer) = &peer {
            peer.pending.forget_all();
        }
        if tokio::time::timeout(grace, self.tasks.wait()).await.is_err() {
            self.running.cancel_all();
            if let Some(peer) = &peer {
                peer.running.cancel_all();
            }
            self.tasks.wait().await;
        }
    }
}

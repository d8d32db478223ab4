//! What the backends between processes share: a queue out, a broadcast in, and letters in between.

use serde::{Deserialize, Serialize};
use tokio::sync::{broadcast, mpsc};
use uuid::Uuid;

use crate::Hint;

/// How many hints a slow subscriber may lag behind.
pub(crate) const CAPACITY: usize = 1024;

/// A hint on its way. Subscribers of the process that sent it have it already.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Letter {
    /// Names the process.
    from: Uuid,
    pub(crate) hint: Hint,
}

/// The end of a backend that subscribers and publishers see.
pub(crate) struct Channel {
    own: Uuid,
    subscribers: broadcast::Sender<Hint>,
    outbox: mpsc::Sender<Letter>,
}

impl Channel {
    /// A channel, and the letters that its backend must carry.
    pub(crate) fn new() -> (Self, mpsc::Receiver<Letter>) {
        let (outbox, letters) = mpsc::channel(CAPACITY);
        (Self { own: Uuid::new_v4(), subscribers: broadcast::channel(CAPACITY).0, outbox }, letters)
    }

    /// The end that the carrying task keeps.
    pub(crate) fn inbox(&self) -> Inbox {
        Inbox { own: self.own, subscribers: self.subscribers.clone() }
    }

    pub(crate) fn publish(&self, hint: Hint) {
        // An error says that nobody listens.
        let _ = self.subscribers.send(hint.clone());
        if self.outbox.try_send(Letter { from: self.own, hint }).is_err() {
            tracing::debug!("a hint for other replicas was lost: too many wait already");
        }
    }

    pub(crate) fn subscribe(&self) -> broadcast::Receiver<Hint> {
        self.subscribers.subscribe()
    }
}

/// Where letters of other processes go.
#[derive(Clone)]
pub(crate) struct Inbox {
    own: Uuid,
    subscribers: broadcast::Sender<Hint>,
}

impl Inbox {
    /// Hands a letter to the subscribers, unless they have it. One that cannot be read is of another version: its sender
    /// has written the truth down.
    pub(crate) fn deliver(&self, letter: &[u8]) {
        match serde_json::from_slice::<Letter>(letter) {
            Ok(letter) if letter.from == self.own => {}
            Ok(letter) => self.tell(letter.hint),
            Err(error) => {
                tracing::debug!(%error, "a hint cannot be read");
                self.tell(Hint::Interrupted);
            }
        }
    }

    pub(crate) fn tell(&self, hint: Hint) {
        let _ = self.subscribers.send(hint);
    }
}

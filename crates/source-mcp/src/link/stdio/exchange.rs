//! One request over lines.

use std::sync::Arc;

use serde_json::json;
use tokio::sync::mpsc;

use super::{Heard, LineLink};
use crate::{
    error::LinkError,
    wire::{self, Incoming},
};

/// A request that was sent over lines.
pub(crate) struct LineExchange {
    link: Arc<LineLink>,
    id: u64,
    receiver: mpsc::Receiver<Heard>,
    /// Whether the other side works on it.
    open: bool,
}

impl LineExchange {
    pub(super) const fn new(link: Arc<LineLink>, id: u64, receiver: mpsc::Receiver<Heard>) -> Self {
        Self { link, id, receiver, open: false }
    }

    pub(super) const fn sent(&mut self) {
        self.open = true;
    }

    pub(super) fn forget(&mut self) {
        self.open = false;
        self.link.shared.running().remove(&self.id);
    }

    pub(in crate::link) fn link(&self) -> &LineLink {
        &self.link
    }

    pub(in crate::link) async fn next(&mut self) -> Result<Incoming, LinkError> {
        match self.receiver.recv().await {
            Some(Ok(incoming)) => {
                self.open &= !matches!(incoming, Incoming::Answer { .. });
                Ok(incoming)
            }
            Some(Err(error)) => {
                self.open = false;
                Err(error)
            }
            None => {
                self.open = false;
                Err(LinkError::Closed(None))
            }
        }
    }
}

impl Drop for LineExchange {
    fn drop(&mut self) {
        self.link.shared.running().remove(&self.id);
        if self.open && !self.link.is_closed() {
            let params = json!({ "requestId": self.id, "reason": "the caller gave it up" });
            self.link.write_later(wire::notification("notifications/cancelled", &params));
        }
    }
}

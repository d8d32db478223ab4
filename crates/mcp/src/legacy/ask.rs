//! Requests from the server to a legacy client.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use rmcp::model::{ErrorCode, ErrorData};
use serde::Serialize;
use serde_json::Value;
use tokio::sync::oneshot;

use crate::{McpError, envelope::Response, outlet::Outlet, reply::notification, sync::lock};

type Answer = Result<Value, ErrorData>;

/// Requests of ours that wait for the client's answer.
#[derive(Debug)]
pub(crate) struct Pending {
    next: AtomicU64,
    waiting: Arc<Mutex<HashMap<u64, oneshot::Sender<Answer>>>>,
}

impl Default for Pending {
    /// Ids start anywhere, so that an answer means one replica's request and no other's. JSON numbers are exact up to 53
    /// bits.
    fn default() -> Self {
        Self { next: AtomicU64::new(rand::random::<u64>() >> 12), waiting: Arc::default() }
    }
}

/// Forgets a request when nobody waits any more.
struct Forget<'a>(&'a Pending, u64);

impl Drop for Forget<'_> {
    fn drop(&mut self) {
        lock(&self.0.waiting).remove(&self.1);
    }
}

impl Pending {
    /// Sends a request, an object with `method` and `params`, and waits for its answer.
    pub(crate) async fn ask(
        &self,
        outlet: &dyn Outlet,
        request: &impl Serialize,
        timeout: Duration,
    ) -> Result<Value, McpError> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let (sender, receiver) = oneshot::channel();
        lock(&self.waiting).insert(id, sender);
        let _forget = Forget(self, id);
        outlet.send(message(id, request));
        match tokio::time::timeout(timeout, receiver).await {
            Ok(Ok(Ok(result))) => Ok(result),
            Ok(Ok(Err(error))) => Err(McpError::Raw(error)),
            Ok(Err(_)) | Err(_) => {
                outlet.send(notification("notifications/cancelled", &serde_json::json!({ "requestId": id })));
                let message = "the client did not answer in time";
                Err(McpError::Raw(ErrorData::new(ErrorCode::INTERNAL_ERROR, message, None)))
            }
        }
    }

    /// Fails every request that waits: the client cannot answer any more.
    pub(crate) fn forget_all(&self) {
        lock(&self.waiting).clear();
    }

    /// Hands an answer to who waits for it; false if nobody does here. Hostile input, so an unknown id is nothing.
    pub(crate) fn answer(&self, response: &Response<'_>) -> bool {
        let Ok(id) = response.id.as_json().parse::<u64>() else { return true };
        let Some(waiting) = lock(&self.waiting).remove(&id) else { return false };
        let answer = match response.outcome {
            Ok(result) => serde_json::from_str(result.get()).map_err(|_| unreadable()),
            Err(error) => Err(serde_json::from_str(error.get()).unwrap_or_else(|_| unreadable())),
        };
        // The one that waited may have given up in between.
        let _ = waiting.send(answer);
        true
    }
}

fn unreadable() -> ErrorData {
    ErrorData::new(ErrorCode::INTERNAL_ERROR, "the client's answer cannot be read", None)
}

fn message(id: u64, request: &impl Serialize) -> Vec<u8> {
    #[derive(Serialize)]
    struct Message<'a, R> {
        jsonrpc: &'static str,
        id: u64,
        #[serde(flatten)]
        request: &'a R,
    }
    serde_json::to_vec(&Message { jsonrpc: "2.0", id, request }).unwrap_or_default()
}

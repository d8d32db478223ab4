//! Requests that run, so that `notifications/cancelled` finds them.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use tokio_util::sync::CancellationToken;

use crate::{envelope::OwnedId, sync::lock};

type Tokens = Arc<Mutex<HashMap<OwnedId, CancellationToken>>>;

/// The running requests of one client.
#[derive(Clone, Debug, Default)]
pub(crate) struct Running(Tokens);

/// Takes a request off the list when it ends.
#[derive(Debug)]
pub(crate) struct Registration {
    tokens: Tokens,
    id: OwnedId,
}

impl Running {
    /// Lists a request until the registration is dropped.
    pub(crate) fn register(&self, id: OwnedId, cancel: CancellationToken) -> Registration {
        lock(&self.0).insert(id.clone(), cancel);
        Registration { tokens: self.0.clone(), id }
    }

    /// Cancels a request; false if it has ended, or never ran here.
    pub(crate) fn cancel(&self, id: &OwnedId) -> bool {
        let tokens = lock(&self.0);
        let token = tokens.get(id);
        token.inspect(|token| token.cancel());
        token.is_some()
    }

    /// Cancels every request.
    pub(crate) fn cancel_all(&self) {
        lock(&self.0).values().for_each(CancellationToken::cancel);
    }

    /// Whether nothing runs.
    pub(crate) fn is_empty(&self) -> bool {
        lock(&self.0).is_empty()
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        lock(&self.tokens).remove(&self.id);
    }
}

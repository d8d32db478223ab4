//! A session for one request.

use std::sync::Arc;

use tokio::sync::OwnedSemaphorePermit;

use super::room::Room;
use crate::session::Session;

/// A session for as long as one request needs it.
pub(crate) struct Lease {
    pub(crate) session: Arc<Session>,
    exclusive: Option<(Arc<Room>, OwnedSemaphorePermit)>,
}

impl Lease {
    /// One that others use at the same time.
    pub(super) const fn shared(session: Arc<Session>) -> Self {
        Self { session, exclusive: None }
    }

    /// One that nobody else uses; it goes back into its room.
    pub(super) const fn exclusive(session: Arc<Session>, room: Arc<Room>, permit: OwnedSemaphorePermit) -> Self {
        Self { session, exclusive: Some((room, permit)) }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some((room, _)) = &self.exclusive {
            room.put_idle(self.session.clone());
        }
    }
}

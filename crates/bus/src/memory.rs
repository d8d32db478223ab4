//! Hints within one process.

use tokio::sync::broadcast;

use crate::{Backend, Hint, channel::CAPACITY};

/// The backend of a single process.
#[derive(Debug)]
pub struct Memory(broadcast::Sender<Hint>);

impl Default for Memory {
    fn default() -> Self {
        Self(broadcast::channel(CAPACITY).0)
    }
}

impl Backend for Memory {
    fn publish(&self, hint: Hint) {
        // An error says that nobody listens.
        let _ = self.0.send(hint);
    }

    fn subscribe(&self) -> broadcast::Receiver<Hint> {
        self.0.subscribe()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Bus;

    #[tokio::test]
    async fn every_subscriber_gets_every_hint_from_its_start_on() {
        let bus = Bus::new(Memory::default());
        bus.publish(Hint::RightsChanged);
        let (mut first, mut second) = (bus.subscribe(), bus.subscribe());
        bus.publish(Hint::CatalogChanged);
        assert_eq!(first.recv().await, Ok(Hint::CatalogChanged));
        assert_eq!(second.recv().await, Ok(Hint::CatalogChanged));
        assert!(first.is_empty() && second.is_empty());
    }
}

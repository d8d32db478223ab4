//! A storage that cannot be written while the test says so.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use async_trait::async_trait;
use puente_storage::{Connections, Result, Storage, StorageError, Transaction};

pub(crate) struct Flaky {
    pub(crate) storage: Arc<dyn Storage>,
    pub(crate) full: AtomicBool,
}

#[async_trait]
impl Storage for Flaky {
    async fn read(&self) -> Result<Box<dyn Transaction>> {
        self.storage.read().await
    }

    async fn write(&self) -> Result<Box<dyn Transaction>> {
        if self.full.load(Ordering::SeqCst) {
            return Err(StorageError::ReadOnly("no space left on device".to_owned()));
        }
        self.storage.write().await
    }

    fn backend(&self) -> &'static str {
        self.storage.backend()
    }

    fn connections(&self) -> Connections {
        self.storage.connections()
    }

    async fn ping(&self) -> Result<()> {
        self.storage.ping().await
    }

    async fn close(&self) {
        self.storage.close().await;
    }
}

//! The conformance suite.

use puente_storage::{Storage, conformance_suite};
use puente_storage_sqlite::{SqliteOptions, open};
use tempfile::TempDir;

async fn empty() -> (Box<dyn Storage>, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let storage = open(&folder.path().join("puente.db"), SqliteOptions::default()).await.unwrap();
    (Box::new(storage), folder)
}

conformance_suite!(empty);

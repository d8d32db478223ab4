//! Sealed secrets.

use super::samples::{NOW, later};
use crate::{SecretRecord, Storage};

/// Bytes come back as they were, the empty ones too; replaced by name; listed in byte order.
pub async fn put_get_list_remove(storage: &dyn Storage) {
    let secret = |name: &str, sealed: Vec<u8>| SecretRecord {
        name: name.to_owned(),
        key_id: "k1".to_owned(),
        sealed,
        by_operator: false,
        updated_at: NOW,
    };
    let every_byte = secret("b", (0..=255).collect());
    let (upper, empty) = (secret("B", vec![0]), secret("a", Vec::new()));
    let mut tx = storage.write().await.unwrap();
    for secret in [&every_byte, &upper, &empty] {
        tx.secrets().put(secret).await.unwrap();
    }
    assert_eq!(tx.secrets().list().await.unwrap(), [upper, empty, every_byte.clone()]);
    let resealed = SecretRecord {
        key_id: "k2".to_owned(),
        sealed: vec![1],
        by_operator: true,
        updated_at: later(1),
        ..every_byte
    };
    tx.secrets().put(&resealed).await.unwrap();
    assert_eq!(tx.secrets().get("b").await.unwrap(), Some(resealed));
    assert!(tx.secrets().remove("b").await.unwrap());
    assert!(!tx.secrets().remove("b").await.unwrap());
    assert_eq!(tx.secrets().get("b").await.unwrap(), None);
}

//! Refresh tokens.

use puente_domain::{FamilyId, user::RefreshToken};

use super::samples::{NOW, hash, later, refresh_token, saved_user, user};
use crate::{Storage, StorageError};

/// Every field comes back as it was; a hash is unique, and its user must exist.
pub async fn round_trip(storage: &dyn Storage) {
    let ana = saved_user(storage, "ana@example.com").await;
    let plain = refresh_token(ana.id, FamilyId::new(), 1);
    let full = RefreshToken {
        used_at: Some(later(1)),
        revoked_at: Some(later(2)),
        ..refresh_token(ana.id, FamilyId::new(), 2)
    };
    let mut tx = storage.write().await.unwrap();
    tx.refresh_tokens().add(&plain).await.unwrap();
    tx.refresh_tokens().add(&full).await.unwrap();
    tx.save().await.unwrap();
    let mut tx = storage.write().await.unwrap();
    assert_eq!(tx.refresh_tokens().find(&hash(1)).await.unwrap().as_ref(), Some(&plain));
    assert_eq!(tx.refresh_tokens().find(&hash(2)).await.unwrap(), Some(full));
    assert_eq!(tx.refresh_tokens().find(&hash(3)).await.unwrap(), None);
    let again = tx.refresh_tokens().add(&plain).await;
    assert!(matches!(again, Err(StorageError::Conflict("refresh_tokens.hash"))), "{again:?}");
    drop(tx);
    let mut tx = storage.write().await.unwrap();
    let orphan = tx.refresh_tokens().add(&refresh_token(user("nobody").id, FamilyId::new(), 3)).await;
    assert!(matches!(orphan, Err(StorageError::Missing("refresh_tokens.user"))), "{orphan:?}");
}

/// A second use, and a use after revocation, are told apart from the first.
pub async fn used_once(storage: &dyn Storage) {
    let ana = saved_user(storage, "ana@example.com").await;
    let family = FamilyId::new();
    let mut tx = storage.write().await.unwrap();
    tx.refresh_tokens().add(&refresh_token(ana.id, family, 1)).await.unwrap();
    tx.refresh_tokens().add(&refresh_token(ana.id, family, 2)).await.unwrap();
    assert!(tx.refresh_tokens().mark_used(&hash(1), later(1)).await.unwrap());
    assert!(!tx.refresh_tokens().mark_used(&hash(1), later(2)).await.unwrap());
    assert!(!tx.refresh_tokens().mark_used(&hash(9), later(2)).await.unwrap());
    tx.refresh_tokens().revoke_family(family, later(3)).await.unwrap();
    assert!(!tx.refresh_tokens().mark_used(&hash(2), later(4)).await.unwrap());
    let first = tx.refresh_tokens().find(&hash(1)).await.unwrap().unwrap();
    assert_eq!((first.used_at, first.revoked_at), (Some(later(1)), Some(later(3))));
}

/// Only what belongs to it, and only once.
pub async fn revoked_by_family_and_user(storage: &dyn Storage) {
    let (ana, bo) = (saved_user(storage, "ana@example.com").await, saved_user(storage, "bo@example.com").await);
    let (one, two, three) = (FamilyId::new(), FamilyId::new(), FamilyId::new());
    let mut tx = storage.write().await.unwrap();
    for (user, family, byte) in [(ana.id, one, 1), (ana.id, two, 2), (bo.id, three, 3)] {
        tx.refresh_tokens().add(&refresh_token(user, family, byte)).await.unwrap();
    }
    tx.refresh_tokens().revoke_family(one, later(1)).await.unwrap();
    tx.refresh_tokens().revoke_user(ana.id, later(2)).await.unwrap();
    let mut revoked = Vec::new();
    for byte in 1..=3 {
        revoked.push(tx.refresh_tokens().find(&hash(byte)).await.unwrap().unwrap().revoked_at);
    }
    assert_eq!(revoked, [Some(later(1)), Some(later(2)), None]);
}

/// Alive while one of its tokens is neither used, revoked nor expired.
pub async fn family_lives_while_a_token_is_usable(storage: &dyn Storage) {
    let ana = saved_user(storage, "ana@example.com").await;
    let family = FamilyId::new();
    let mut tx = storage.write().await.unwrap();
    assert!(!tx.refresh_tokens().family_alive(family, NOW).await.unwrap());
    tx.refresh_tokens().add(&refresh_token(ana.id, family, 1)).await.unwrap();
    assert!(tx.refresh_tokens().family_alive(family, later(99)).await.unwrap());
    assert!(!tx.refresh_tokens().family_alive(family, later(100)).await.unwrap(), "expired");
    tx.refresh_tokens().mark_used(&hash(1), NOW).await.unwrap();
    assert!(!tx.refresh_tokens().family_alive(family, NOW).await.unwrap(), "used");
    tx.refresh_tokens().add(&refresh_token(ana.id, family, 2)).await.unwrap();
    assert!(tx.refresh_tokens().family_alive(family, NOW).await.unwrap(), "rotated");
    tx.refresh_tokens().revoke_family(family, NOW).await.unwrap();
    assert!(!tx.refresh_tokens().family_alive(family, NOW).await.unwrap(), "revoked");
}

/// Those before the moment, not those at it.
pub async fn pruned_when_expired(storage: &dyn Storage) {
    let ana = saved_user(storage, "ana@example.com").await;
    let mut tx = storage.write().await.unwrap();
    tx.refresh_tokens().add(&refresh_token(ana.id, FamilyId::new(), 1)).await.unwrap();
    assert_eq!(tx.refresh_tokens().prune(later(100)).await.unwrap(), 0);
    assert_eq!(tx.refresh_tokens().prune(later(101)).await.unwrap(), 1);
    assert_eq!(tx.refresh_tokens().find(&hash(1)).await.unwrap(), None);
}

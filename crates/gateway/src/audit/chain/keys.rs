//! The keys of the hashes. They lie beside the trail, sealed by `ENCRYPTION_KEY`, so that they move with it.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError},
};

use puente_auth::{MacKey, Vault};
use puente_domain::AuditKeyId;
use puente_storage::{AuditKey, StorageError, Transaction};

use super::Chain;

/// A key and its name.
pub(super) struct Key {
    pub(super) id: AuditKeyId,
    pub(super) mac: MacKey,
}

/// What a key is sealed as; `puente_transfer` knows it, too.
fn context(id: AuditKeyId) -> String {
    format!("audit-key:{id}")
}

/// The key under the vault's first key; `None` if no key of the vault opens it.
pub(crate) fn resealed(vault: &Vault, key: &AuditKey) -> Option<AuditKey> {
    let plain = vault.open(&context(key.id), &key.sealed)?;
    Some(AuditKey { sealed: vault.seal(&context(key.id), &plain), ..key.clone() })
}

/// Every key that can be opened.
pub(super) struct Keyring(HashMap<AuditKeyId, MacKey>);

impl Keyring {
    pub(super) async fn read(tx: &mut dyn Transaction, vault: &Vault) -> Result<Self, StorageError> {
        let keys = tx.audit_chain().keys().await?;
        Ok(Self(keys.iter().filter_map(|key| Some((key.id, open(vault, key)?))).collect()))
    }

    pub(super) fn get(&self, id: AuditKeyId) -> Option<&MacKey> {
        self.0.get(&id)
    }
}

fn open(vault: &Vault, key: &AuditKey) -> Option<MacKey> {
    MacKey::read(&vault.open(&context(key.id), &key.sealed)?)
}

impl Chain {
    /// The key of new hashes: the newest that can be opened, or a new one. It is remembered once it is sure to be saved.
    pub(super) async fn key(&self, tx: &mut dyn Transaction) -> Result<Arc<Key>, StorageError> {
        if let Some(key) = self.remembered().clone() {
            return Ok(key);
        }
        let keys = tx.audit_chain().keys().await?;
        let newest = keys.iter().rev().find_map(|key| Some(Key { id: key.id, mac: open(&self.vault, key)? }));
        if let Some(key) = newest.map(Arc::new) {
            *self.remembered() = Some(key.clone());
            return Ok(key);
        }
        if !keys.is_empty() {
            tracing::error!(
                "no key in ENCRYPTION_KEY opens what the audit trail was sealed with; it goes on with a new one"
            );
        }
        let key = Key { id: AuditKeyId::new(), mac: MacKey::generate() };
        let sealed = self.vault.seal(&context(key.id), key.mac.bytes());
        tx.audit_chain().put_key(&AuditKey { id: key.id, sealed, created_at: self.clock.now() }).await?;
        Ok(Arc::new(key))
    }

    /// Looks for the key again: the database may be another one since.
    pub(crate) fn forget(&self) {
        *self.remembered() = None;
    }

    fn remembered(&self) -> std::sync::MutexGuard<'_, Option<Arc<Key>>> {
        self.key.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

//! All secrets under the first key.

use puente_storage::{SecretRecord, Versioned};

use super::context;
use crate::{Action, Actor, Gateway, Result, audit};

/// What a rotation did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rotation {
    /// How many were sealed anew.
    pub sealed: usize,
    /// How many were under the first key already.
    pub unchanged: usize,
    /// The names of those that no key in `ENCRYPTION_KEY` opens; they stay as they are.
    pub unreadable: Vec<String>,
}

impl Gateway {
    /// Seals every secret, and the keys of the audit trail, under the first key of `ENCRYPTION_KEY`; the others can be taken out of it once the
    /// results that clients may still fetch have expired, unless something was unreadable.
    pub async fn rotate_secrets(&self, actor: &Actor) -> Result<Rotation> {
        self.allow(actor, Action::ManageAccess, "secrets/rotate", "").await?;
        let mut edit = self.edit(actor, Versioned::Catalog).await?;
        let mut rotation = Rotation::default();
        for record in edit.secrets().list().await? {
            if record.key_id == self.vault.fingerprint() {
                rotation.unchanged += 1;
                continue;
            }
            match self.resealed(&record) {
                Some(record) => {
                    edit.secrets().put(&record).await?;
                    rotation.sealed += 1;
                }
                None => rotation.unreadable.push(record.name),
            }
        }
        for key in edit.audit_chain().keys().await? {
            match audit::resealed(&self.vault, &key) {
                Some(key) => edit.audit_chain().put_key(&key).await?,
                None => rotation.unreadable.push(format!("the audit trail's key {}", key.id)),
            }
        }
        let detail = format!("{} sealed, {} unreadable", rotation.sealed, rotation.unreadable.len());
        edit.save("secrets/rotate", "", Some(detail)).await?;
        Ok(rotation)
    }

    fn resealed(&self, record: &SecretRecord) -> Option<SecretRecord> {
        let context = context(&record.name);
        let plain = self.vault.open(&context, &record.sealed)?;
        let sealed = self.vault.seal(&context, &plain);
        Some(SecretRecord { key_id: self.vault.fingerprint(), sealed, ..record.clone() })
    }
}

//! The names of all secrets.

use puente_domain::Timestamp;

use crate::{Action, Actor, Gateway, Result};

/// All that is ever told about a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretInfo {
    /// As in `${secret:name}`.
    pub name: String,
    /// The id of the key that sealed it.
    pub key_id: String,
    /// Whether that key is still in `ENCRYPTION_KEY`.
    pub readable: bool,
    /// The last change.
    pub updated_at: Timestamp,
}

impl Gateway {
    /// Secrets by name, without their values.
    pub async fn secrets(&self, actor: &Actor) -> Result<Vec<SecretInfo>> {
        self.allow(actor, Action::ReadCatalog, "secrets/list", "").await?;
        let records = self.storage.read().await?.secrets().list().await?;
        let info = records.into_iter().map(|record| SecretInfo {
            readable: self.vault.has_key(&record.key_id),
            name: record.name,
            key_id: record.key_id,
            updated_at: record.updated_at,
        });
        Ok(info.collect())
    }
}

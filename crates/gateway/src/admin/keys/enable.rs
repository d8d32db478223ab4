//! A key that is served again.

use puente_storage::Versioned;

use crate::{Actor, Error, Gateway, Result};

impl Gateway {
    /// Lets a disabled key in again.
    pub async fn enable_key(&self, actor: &Actor, key: &str) -> Result<()> {
        let found = self.manageable_key(actor, key, "keys/enable").await?;
        let mut edit = self.edit(actor, Versioned::Rights).await?;
        if !edit.keys().set_disabled(found.id, None).await? {
            return Err(Error::not_found("key", key));
        }
        edit.save("keys/enable", &found.id.to_string(), Some(found.name.to_string())).await
    }
}

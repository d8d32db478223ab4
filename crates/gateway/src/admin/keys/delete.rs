//! A deleted key.

use puente_storage::Versioned;

use crate::{Actor, Error, Gateway, Result};

impl Gateway {
    /// Deletes a key with its memberships and grants; it is refused within a second everywhere.
    pub async fn delete_key(&self, actor: &Actor, key: &str) -> Result<()> {
        let found = self.manageable_key(actor, key, "keys/delete").await?;
        let mut edit = self.edit(actor, Versioned::Rights).await?;
        if !edit.keys().remove(found.id).await? {
            return Err(Error::not_found("key", key));
        }
        edit.save("keys/delete", &found.id.to_string(), Some(found.name.to_string())).await
    }
}

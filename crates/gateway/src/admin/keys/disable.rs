//! The end of a key's access, for now.

use puente_storage::Versioned;

use crate::{Actor, Error, Gateway, Result};

impl Gateway {
    /// Refuses a key from now on, within a second everywhere.
    pub async fn disable_key(&self, actor: &Actor, key: &str) -> Result<()> {
        let found = self.manageable_key(actor, key, "keys/disable").await?;
        let mut edit = self.edit(actor, Versioned::Rights).await?;
        if !edit.keys().set_disabled(found.id, Some(self.clock.now())).await? {
            return Err(Error::not_found("key", key));
        }
        edit.save("keys/disable", &found.id.to_string(), Some(found.name.to_string())).await
    }
}

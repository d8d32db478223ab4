//! A secret that is forgotten.

use puente_storage::Versioned;

use crate::{Action, Actor, Error, Gateway, Result};

impl Gateway {
    /// Deletes a secret; sources that name it fail until it is set again.
    pub async fn remove_secret(&self, actor: &Actor, name: &str) -> Result<()> {
        self.allow(actor, Action::EditCatalog, "secrets/remove", name).await?;
        let mut edit = self.edit(actor, Versioned::Catalog).await?;
        if !edit.secrets().remove(name).await? {
            return Err(Error::not_found("secret", name));
        }
        edit.save("secrets/remove", name, None).await
    }
}

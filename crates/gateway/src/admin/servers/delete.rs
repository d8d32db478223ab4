//! A deleted virtual server.

use puente_storage::Versioned;

use crate::{Action, Actor, Gateway, Result, admin::refer};

impl Gateway {
    /// Deletes a virtual server with its grants. What it offered stays in the catalog.
    pub async fn delete_server(&self, actor: &Actor, server: &str) -> Result<()> {
        self.allow(actor, Action::EditCatalog, "servers/delete", server).await?;
        let mut edit = self.edit(actor, Versioned::Catalog).await?;
        let server = refer::server(&mut *edit, server).await?;
        edit.servers().remove(server.id).await?;
        edit.save("servers/delete", server.name.as_str(), None).await
    }
}

//! All virtual servers.

use puente_domain::server::VirtualServer;
use puente_storage::{Page, Slice};

use crate::{Action, Actor, Gateway, Result};

impl Gateway {
    /// Virtual servers by name.
    pub async fn servers(&self, actor: &Actor, page: &Page) -> Result<Slice<VirtualServer>> {
        self.allow(actor, Action::ReadCatalog, "servers/list", "").await?;
        Ok(self.storage.read().await?.servers().list(page).await?)
    }
}

//! One virtual server.

use puente_domain::server::VirtualServer;

use crate::{Action, Actor, Gateway, Result, admin::refer};

impl Gateway {
    /// A virtual server by id or name.
    pub async fn server(&self, actor: &Actor, server: &str) -> Result<VirtualServer> {
        self.allow(actor, Action::ReadCatalog, "servers/get", server).await?;
        refer::server(self.storage.read().await?.as_mut(), server).await
    }
}

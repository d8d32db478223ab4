//! A new grant.

use puente_domain::{GrantId, server::Grant};
use puente_storage::Versioned;

use super::{NamedGrant, named};
use crate::{Action, Actor, Gateway, Result, admin::refer};

impl Gateway {
    /// Gives `user:EMAIL`, `key:NAME`, `team:NAME` or `role:ROLE` the right to use a virtual server (id or name). If it
    /// has the right already, that grant is returned.
    pub async fn add_grant(&self, actor: &Actor, server: &str, grantee: &str) -> Result<NamedGrant> {
        self.allow(actor, Action::ManageAccess, "grants/add", server).await?;
        let mut edit = self.edit(actor, Versioned::Rights).await?;
        let server = refer::server(&mut *edit, server).await?;
        let grantee = refer::grantee(&mut *edit, grantee).await?;
        let wanted = Grant { id: GrantId::new(), server: server.id, grantee, created_at: self.clock.now() };
        let grant = edit.grants().add(&wanted).await?;
        let named = named(&mut *edit, grant).await?;
        edit.save("grants/add", server.name.as_str(), Some(grant.id.to_string())).await?;
        Ok(named)
    }
}

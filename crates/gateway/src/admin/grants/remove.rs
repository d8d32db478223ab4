//! A grant that ends.

use puente_domain::GrantId;
use puente_storage::Versioned;

use crate::{Action, Actor, Error, Gateway, Result, admin::refer};

impl Gateway {
    /// Removes a grant by its id; the right ends within a second everywhere.
    pub async fn remove_grant(&self, actor: &Actor, id: GrantId) -> Result<()> {
        self.allow(actor, Action::ManageAccess, "grants/remove", &id.to_string()).await?;
        let mut edit = self.edit(actor, Versioned::Rights).await?;
        if !edit.grants().remove(id).await? {
            return Err(Error::not_found("grant", id.to_string()));
        }
        edit.save("grants/remove", &id.to_string(), None).await
    }

    /// Removes what [`Gateway::add_grant`] gave.
    pub async fn revoke_grant(&self, actor: &Actor, server: &str, grantee: &str) -> Result<()> {
        self.allow(actor, Action::ManageAccess, "grants/remove", server).await?;
        let mut edit = self.edit(actor, Versioned::Rights).await?;
        let server = refer::server(&mut *edit, server).await?;
        let who = refer::grantee(&mut *edit, grantee).await?;
        if !edit.grants().revoke(server.id, who).await? {
            return Err(Error::not_found("grant", format!("{grantee} on {}", server.name)));
        }
        edit.save("grants/remove", server.name.as_str(), None).await
    }
}

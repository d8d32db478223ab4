//! Clients: how they are found, and what administrators do with them.

use puente_domain::oauth::{ClientKind, OAuthClient};
use puente_storage::{Page, Slice, Versioned};

use super::{Code, OAuthError, document};
use crate::{Action, Actor, Error, Gateway, Result};

impl Gateway {
    /// The client that asks a person for consent; a metadata document is read if need be.
    pub(super) async fn client_of_request(&self, id: &str) -> Result<OAuthClient, OAuthError> {
        if document::is_address(id) {
            self.read_document(id).await?;
        }
        self.oauth_client(id).await
    }

    /// The client of this id as it is known, if it is not disabled.
    pub(super) async fn oauth_client(&self, id: &str) -> Result<OAuthClient, OAuthError> {
        let unknown = || OAuthError::new(Code::InvalidClient, "there is no such client; it must register (again)");
        let client = self.storage.read().await?.oauth().client(id).await?.ok_or_else(unknown)?;
        if client.disabled_at.is_some() {
            return Err(OAuthError::new(Code::InvalidClient, "this client is disabled here"));
        }
        let over = client.kind == ClientKind::Registered && client.expires_at <= self.clock.now();
        if over { Err(unknown()) } else { Ok(client) }
    }

    /// Clients by id.
    pub async fn list_clients(&self, actor: &Actor, page: &Page) -> Result<Slice<OAuthClient>> {
        self.allow(actor, Action::ReadAccess, "clients/list", "").await?;
        Ok(self.storage.read().await?.oauth().clients(page).await?)
    }

    /// Refuses a client from now on, with all its tokens, within a second everywhere.
    pub async fn disable_client(&self, actor: &Actor, id: &str) -> Result<()> {
        let now = self.clock.now();
        self.set_client_disabled(actor, id, "clients/disable", Some(now)).await
    }

    /// Takes a client back; its tokens are valid again.
    pub async fn enable_client(&self, actor: &Actor, id: &str) -> Result<()> {
        self.set_client_disabled(actor, id, "clients/enable", None).await
    }

    async fn set_client_disabled(
        &self,
        actor: &Actor,
        id: &str,
        name: &str,
        at: Option<puente_domain::Timestamp>,
    ) -> Result<()> {
        self.allow(actor, Action::ManageAccess, name, id).await?;
        let mut edit = self.edit(actor, Versioned::Rights).await?;
        if !edit.oauth().set_client_disabled(id, at).await? {
            return Err(Error::not_found("client", id));
        }
        edit.save(name, id, None).await
    }

    /// Deletes a client with its connections: its tokens are refused, and it must register and ask again.
    pub async fn delete_client(&self, actor: &Actor, id: &str) -> Result<()> {
        self.allow(actor, Action::ManageAccess, "clients/delete", id).await?;
        let mut edit = self.edit(actor, Versioned::Rights).await?;
        if !edit.oauth().remove_client(id).await? {
            return Err(Error::not_found("client", id));
        }
        edit.save("clients/delete", id, None).await
    }
}

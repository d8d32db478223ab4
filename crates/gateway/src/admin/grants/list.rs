//! All grants.

use puente_storage::{Page, Slice};

use super::{NamedGrant, named};
use crate::{Action, Actor, Gateway, Result, admin::refer};

impl Gateway {
    /// Grants by id (the order in which they were made); on one virtual server (id or name), or all.
    pub async fn grants(&self, actor: &Actor, server: Option<&str>, page: &Page) -> Result<Slice<NamedGrant>> {
        self.allow(actor, Action::ReadAccess, "grants/list", server.unwrap_or_default()).await?;
        let mut transaction = self.storage.read().await?;
        let server = match server {
            Some(text) => Some(refer::server(transaction.as_mut(), text).await?.id),
            None => None,
        };
        let slice = transaction.grants().list(server, page).await?;
        let mut items = Vec::with_capacity(slice.items.len());
        for grant in slice.items {
            items.push(named(transaction.as_mut(), grant).await?);
        }
        Ok(Slice { items, next: slice.next })
    }
}

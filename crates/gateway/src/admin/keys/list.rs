//! Keys, without their text.

use puente_domain::key::ApiKey;
use puente_storage::{Page, Slice};

use super::own::account_of;
use crate::{Action, Actor, Error, Gateway, Result, admin::refer};

impl Gateway {
    /// Keys by name; of one owner (id or e-mail address), or all.
    pub async fn keys(&self, actor: &Actor, owner: Option<&str>, page: &Page) -> Result<Slice<ApiKey>> {
        self.allow(actor, Action::ReadAccess, "keys/list", "").await?;
        let mut transaction = self.storage.read().await?;
        let owner = match owner {
            Some(text) => Some(refer::user(transaction.as_mut(), text).await?.id),
            None => None,
        };
        Ok(transaction.keys().list(owner, page).await?)
    }

    /// The caller's own keys, by name.
    pub async fn own_keys(&self, actor: &Actor, page: &Page) -> Result<Slice<ApiKey>> {
        self.allow(actor, Action::ReadSelf, "keys/list", "").await?;
        let mut transaction = self.storage.read().await?;
        let account = account_of(transaction.as_mut(), actor).await?;
        let owner = account.ok_or_else(|| Error::not_found("user", actor.principal.name.as_ref()))?;
        Ok(transaction.keys().list(Some(owner), page).await?)
    }

    /// A key by id or name: the caller's own, or any for whoever may see access.
    pub async fn key(&self, actor: &Actor, key: &str) -> Result<ApiKey> {
        let mut transaction = self.storage.read().await?;
        let account = account_of(transaction.as_mut(), actor).await?;
        let found = match refer::key(transaction.as_mut(), key).await {
            Err(error @ Error::NotFound { .. }) => Err(error),
            other => Ok(other?),
        };
        let own = found.as_ref().is_ok_and(|key| Some(key.owner) == account);
        let action = if own { Action::ReadSelf } else { Action::ReadAccess };
        self.allow(actor, action, "keys/get", key).await?;
        found
    }
}

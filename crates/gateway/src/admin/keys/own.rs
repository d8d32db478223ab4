//! Whose a key is decides who may touch it.

use puente_domain::{Subject, UserId, key::ApiKey};
use puente_storage::Transaction;

use crate::{Action, Actor, Error, Gateway, Result, admin::refer};

/// The account that `actor` acts for: its own or, of a key, its owner's.
pub(crate) async fn account_of(transaction: &mut dyn Transaction, actor: &Actor) -> Result<Option<UserId>> {
    Ok(match actor.principal.subject {
        Subject::User(id) => Some(id),
        Subject::Key(id) => transaction.keys().get(id).await?.map(|key| key.owner),
        Subject::Anonymous => None,
    })
}

impl Gateway {
    /// The key, if `actor` may manage it: its owner may, and whoever manages access. Others do not learn whether there
    /// is one.
    pub(super) async fn manageable_key(&self, actor: &Actor, key: &str, name: &str) -> Result<ApiKey> {
        let mut transaction = self.storage.read().await?;
        let account = account_of(transaction.as_mut(), actor).await?;
        let found = match refer::key(transaction.as_mut(), key).await {
            Err(error @ Error::NotFound { .. }) => Err(error),
            other => Ok(other?),
        };
        drop(transaction);
        let own = found.as_ref().is_ok_and(|key| Some(key.owner) == account);
        let action = if own { Action::ManageOwnKeys } else { Action::ManageAccess };
        self.allow(actor, action, name, key).await?;
        found
    }
}

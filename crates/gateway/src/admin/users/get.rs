//! One account.

use puente_domain::{Subject, user::User};

use crate::{Action, Actor, Error, Gateway, Result, admin::refer};

impl Gateway {
    /// An account by id or e-mail address.
    pub async fn user(&self, actor: &Actor, user: &str) -> Result<User> {
        self.allow(actor, Action::ReadAccess, "users/get", user).await?;
        refer::user(self.storage.read().await?.as_mut(), user).await
    }

    /// The caller's own account; of a key, its owner's.
    pub async fn own_user(&self, actor: &Actor) -> Result<User> {
        self.allow(actor, Action::ReadSelf, "users/get", "").await?;
        let mut transaction = self.storage.read().await?;
        let id = match actor.principal.subject {
            Subject::User(id) => Some(id),
            Subject::Key(id) => transaction.keys().get(id).await?.map(|key| key.owner),
            Subject::Anonymous => None,
        };
        let found = match id {
            Some(id) => transaction.users().get(id).await?,
            None => None,
        };
        found.ok_or_else(|| Error::not_found("user", actor.principal.name.as_ref()))
    }
}

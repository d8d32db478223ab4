//! A new key.

use puente_auth::NewApiKey;
use puente_domain::{
    KeyId, Name, Role, Timestamp,
    key::{ApiKey, Scope},
    user::User,
};
use puente_storage::Versioned;
use secrecy::SecretString;

use super::own::account_of;
use crate::{Action, Actor, Error, Gateway, Result, admin::refer};

const ACTION: &str = "keys/create";

/// What a new key is made of.
#[derive(Clone, Debug)]
pub struct NewKey {
    /// Unique among all keys.
    pub name: Name,
    /// Who answers for it: id or e-mail address. `None`: the caller.
    pub owner: Option<String>,
    /// At most the owner's.
    pub role: Role,
    /// See [`Scope`]; empty for everything that the role and the grants allow.
    pub scopes: Vec<Scope>,
    /// From when on it is refused.
    pub expires_at: Option<Timestamp>,
}

/// A key, and its text, which is shown only now.
#[derive(Debug)]
pub struct CreatedKey {
    /// As it is stored.
    pub key: ApiKey,
    /// `pk_…`.
    pub secret: SecretString,
}

impl Gateway {
    /// Makes a key. It gets no more than its owner's role and, if a key with scopes makes it, no more than those.
    /// Conflict: the name.
    pub async fn create_key(&self, actor: &Actor, new: NewKey) -> Result<CreatedKey> {
        let owner = self.owner_of_new(actor, &new).await?;
        self.check_new_key(actor, &owner, &new)?;
        let fresh = NewApiKey::generate();
        let mut scopes = new.scopes;
        scopes.sort();
        scopes.dedup();
        let key = ApiKey {
            id: KeyId::new(),
            name: new.name,
            owner: owner.id,
            role: new.role,
            prefix: fresh.prefix,
            hash: fresh.hash,
            scopes,
            expires_at: new.expires_at,
            disabled_at: None,
            last_used_at: None,
            created_at: self.clock.now(),
        };
        let mut edit = self.edit(actor, Versioned::Rights).await?;
        edit.keys().add(&key).await?;
        edit.save(ACTION, &key.id.to_string(), Some(format!("{}, role {}", key.name, key.role))).await?;
        Ok(CreatedKey { key, secret: fresh.key })
    }

    async fn owner_of_new(&self, actor: &Actor, new: &NewKey) -> Result<User> {
        let mut transaction = self.storage.read().await?;
        let account = account_of(transaction.as_mut(), actor).await?;
        let named = match &new.owner {
            Some(text) => Some(refer::user(transaction.as_mut(), text).await),
            None => None,
        };
        let own = match &named {
            Some(found) => found.as_ref().is_ok_and(|user| Some(user.id) == account),
            None => true,
        };
        let action = if own { Action::ManageOwnKeys } else { Action::ManageAccess };
        self.allow(actor, action, ACTION, new.name.as_str()).await?;
        if let Some(found) = named {
            return found;
        }
        let found = match account {
            Some(id) => transaction.users().get(id).await?,
            None => None,
        };
        found.ok_or_else(|| Error::invalid("owner", "name the user who answers for this key"))
    }

    fn check_new_key(&self, actor: &Actor, owner: &User, new: &NewKey) -> Result<()> {
        let most = owner.role.min(actor.principal.role);
        if new.role > most {
            return Err(Error::invalid("role", format!("a key of {} has at most the role {most}", owner.email)));
        }
        let limits = &actor.principal.scopes;
        let wider = new.scopes.is_empty() || new.scopes.iter().any(|scope| !limits.contains(scope));
        if !limits.is_empty() && wider {
            return Err(Error::invalid("scopes", "a key with scopes can only make keys with some of its own scopes"));
        }
        if new.expires_at.is_some_and(|end| end <= self.clock.now()) {
            return Err(Error::invalid("expires_at", "is in the past"));
        }
        Ok(())
    }
}

//! From an account or a key to a principal with its rights.

use puente_domain::{Principal, Subject, Timestamp, UserId, key::ApiKey, user::User};
use puente_storage::Transaction;

use crate::{Error, Result};

/// The principal of a user who is not disabled.
pub(crate) async fn of_user(transaction: &mut dyn Transaction, id: UserId) -> Result<Principal> {
    let user = enabled_user(transaction, id).await?;
    let subject = Subject::User(id);
    Ok(Principal {
        subject,
        name: user.email.into(),
        role: user.role,
        teams: transaction.teams().of(subject).await?.into(),
        scopes: [].into(),
    })
}

/// The principal of a key that is valid now, as is its owner's account. Its role is at most its owner's.
pub(crate) async fn of_key(transaction: &mut dyn Transaction, key: &ApiKey, now: Timestamp) -> Result<Principal> {
    if key.disabled_at.is_some() {
        return Err(Error::Unauthenticated("the API key is disabled"));
    }
    if key.expires_at.is_some_and(|end| end <= now) {
        return Err(Error::Unauthenticated("the API key has expired"));
    }
    let owner = enabled_user(transaction, key.owner).await?;
    let subject = Subject::Key(key.id);
    Ok(Principal {
        subject,
        name: key.name.as_str().into(),
        role: key.role.min(owner.role),
        teams: transaction.teams().of(subject).await?.into(),
        scopes: key.scopes.clone().into(),
    })
}

async fn enabled_user(transaction: &mut dyn Transaction, id: UserId) -> Result<User> {
    let user = transaction.users().get(id).await?.ok_or(Error::Unauthenticated("the account does not exist"))?;
    if user.disabled_at.is_some() {
        return Err(Error::Unauthenticated("the account is disabled"));
    }
    Ok(user)
}

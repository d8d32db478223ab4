//! From an account or a key to a principal with its rights.

use puente_auth::Claims;
use puente_domain::{
    Principal, Role, Subject, Timestamp, UserId,
    key::{ApiKey, Scope},
    oauth::Connection,
    user::User,
};
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
        connection: None,
    })
}

/// The principal of a key that is valid now, as is its owner's account. Its role is at most its owner's.
pub(crate) async fn of_key(transaction: &mut dyn Transaction, key: &ApiKey, now: Timestamp) -> Result<Principal> {
    Ok(of_owned_key(transaction, key, now).await?.0)
}

/// As [`of_key`], and the role of its owner.
pub(super) async fn of_owned_key(
    transaction: &mut dyn Transaction,
    key: &ApiKey,
    now: Timestamp,
) -> Result<(Principal, Role)> {
    if key.disabled_at.is_some() {
        return Err(Error::Unauthenticated("the API key is disabled"));
    }
    if key.expires_at.is_some_and(|end| end <= now) {
        return Err(Error::Unauthenticated("the API key has expired"));
    }
    let owner = enabled_user(transaction, key.owner).await?;
    let subject = Subject::Key(key.id);
    let principal = Principal {
        subject,
        name: key.name.as_str().into(),
        role: key.role.min(owner.role),
        teams: transaction.teams().of(subject).await?.into(),
        scopes: key.scopes.clone().into(),
        connection: None,
    };
    Ok((principal, owner.role))
}

/// The principal of an OAuth client that acts for a user on one virtual server: the user's rights, narrowed.
pub(crate) async fn of_connection(
    transaction: &mut dyn Transaction,
    claims: &Claims,
    server: &str,
) -> Result<Principal> {
    let ended = Error::Unauthenticated("the connection of this client has ended");
    let connection = transaction.oauth().connection(claims.fam).await?.ok_or(ended)?;
    let (id, text) = (claims.client_id.as_deref(), claims.scope.as_deref().unwrap_or_default());
    if id != Some(connection.client.as_str()) || connection.server != server || connection.user != claims.sub {
        return Err(Error::Unauthenticated("the access token is not valid"));
    }
    let mut principal = connected(transaction, &connection).await?;
    if !text.split(' ').any(|scope| scope == "mcp") {
        principal.scopes = principal.scopes.iter().map(|scope| read_only(scope.clone())).collect();
    }
    Ok(principal)
}

/// As [`of_connection`], with all that was consented to.
pub(crate) async fn connected(transaction: &mut dyn Transaction, connection: &Connection) -> Result<Principal> {
    let client = transaction.oauth().client(&connection.client).await?;
    if client.is_none_or(|client| client.disabled_at.is_some()) {
        return Err(Error::Unauthenticated("the client of this token is disabled"));
    }
    let user = of_user(transaction, connection.user).await?;
    Ok(Principal { scopes: connection.scopes.clone().into(), connection: Some(connection.family), ..user })
}

fn read_only(scope: Scope) -> Scope {
    if scope == Scope::Mcp { Scope::McpRead } else { scope }
}

async fn enabled_user(transaction: &mut dyn Transaction, id: UserId) -> Result<User> {
    let user = transaction.users().get(id).await?.ok_or(Error::Unauthenticated("the account does not exist"))?;
    if user.disabled_at.is_some() {
        return Err(Error::Unauthenticated("the account is disabled"));
    }
    Ok(user)
}

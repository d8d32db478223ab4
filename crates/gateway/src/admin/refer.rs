//! How people refer to things: by id or by name.

use puente_domain::{
    Role, Subject,
    key::ApiKey,
    server::{Grantee, VirtualServer},
    team::Team,
    user::User,
};
use puente_storage::Transaction;

use crate::{Error, Result};

/// A user by id or e-mail address.
pub(crate) async fn user(transaction: &mut dyn Transaction, text: &str) -> Result<User> {
    let found = match text.parse() {
        Ok(id) => transaction.users().get(id).await?,
        Err(_) => transaction.users().find(&text.trim().to_lowercase()).await?,
    };
    found.ok_or_else(|| Error::not_found("user", text))
}

/// A key by id or name.
pub(crate) async fn key(transaction: &mut dyn Transaction, text: &str) -> Result<ApiKey> {
    let by_id = match text.parse() {
        Ok(id) => transaction.keys().get(id).await?,
        Err(_) => None,
    };
    let found = if by_id.is_some() { by_id } else { transaction.keys().by_name(text).await? };
    found.ok_or_else(|| Error::not_found("key", text))
}

/// A team by id or name.
pub(crate) async fn team(transaction: &mut dyn Transaction, text: &str) -> Result<Team> {
    let by_id = match text.parse() {
        Ok(id) => transaction.teams().get(id).await?,
        Err(_) => None,
    };
    let found = if by_id.is_some() { by_id } else { transaction.teams().by_name(text).await? };
    found.ok_or_else(|| Error::not_found("team", text))
}

/// A virtual server by id or name.
pub(crate) async fn server(transaction: &mut dyn Transaction, text: &str) -> Result<VirtualServer> {
    let by_id = match text.parse() {
        Ok(id) => transaction.servers().get(id).await?,
        Err(_) => None,
    };
    let found = if by_id.is_some() { by_id } else { transaction.servers().by_name(text).await? };
    found.ok_or_else(|| Error::not_found("server", text))
}

/// `user:EMAIL` or `key:NAME`; ids serve, too.
pub(crate) async fn subject(transaction: &mut dyn Transaction, text: &str) -> Result<Subject> {
    match grantee(transaction, text).await? {
        Grantee::Subject(subject) => Ok(subject),
        Grantee::Team(_) | Grantee::Role(_) => {
            Err(Error::invalid("subject", format!("'{text}' is neither user:EMAIL nor key:NAME")))
        }
    }
}

/// `user:EMAIL`, `key:NAME`, `team:NAME` or `role:ROLE`; ids serve, too.
pub(crate) async fn grantee(transaction: &mut dyn Transaction, text: &str) -> Result<Grantee> {
    let Some((kind, name)) = text.split_once(':') else { return Err(no_grantee(text)) };
    Ok(match kind {
        "user" => Grantee::Subject(Subject::User(user(transaction, name).await?.id)),
        "key" => Grantee::Subject(Subject::Key(key(transaction, name).await?.id)),
        "team" => Grantee::Team(team(transaction, name).await?.id),
        "role" => Grantee::Role(name.parse::<Role>().map_err(|error| Error::invalid("grantee", error.to_string()))?),
        _ => return Err(no_grantee(text)),
    })
}

fn no_grantee(text: &str) -> Error {
    let text = text.escape_debug();
    Error::invalid("grantee", format!("'{text}' is none of user:EMAIL, key:NAME, team:NAME and role:ROLE"))
}

/// The text form of a grantee; by id where the name is gone.
pub(crate) async fn name_grantee(transaction: &mut dyn Transaction, grantee: Grantee) -> Result<String> {
    Ok(match grantee {
        Grantee::Subject(subject) => name_subject(transaction, subject).await?,
        Grantee::Team(id) => match transaction.teams().get(id).await? {
            Some(team) => format!("team:{}", team.name),
            None => format!("team:{id}"),
        },
        Grantee::Role(role) => format!("role:{role}"),
    })
}

/// The text form of a subject; by id where the name is gone.
pub(crate) async fn name_subject(transaction: &mut dyn Transaction, subject: Subject) -> Result<String> {
    Ok(match subject {
        Subject::User(id) => match transaction.users().get(id).await? {
            Some(user) => format!("user:{}", user.email),
            None => format!("user:{id}"),
        },
        Subject::Key(id) => match transaction.keys().get(id).await? {
            Some(key) => format!("key:{}", key.name),
            None => format!("key:{id}"),
        },
        Subject::Anonymous => "anonymous".to_owned(),
    })
}

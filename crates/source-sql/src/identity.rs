//! `identity:` — the caller, passed into the database session so that row-level security sees who asks.

use puente_domain::{Principal, Subject};
use serde::Deserialize;

/// What a session setting is set to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(crate) enum Claim {
    /// The user's e-mail or the key's name.
    #[serde(rename = "principal.name")]
    Name,
    /// The id of the user or key; empty for an anonymous caller.
    #[serde(rename = "principal.id")]
    Id,
    /// `user`, `key` or `anonymous`.
    #[serde(rename = "principal.type")]
    Type,
    /// `member`, `editor` or `admin`.
    #[serde(rename = "principal.role")]
    Role,
    /// The ids of the teams, separated by commas.
    #[serde(rename = "principal.teams")]
    Teams,
}

impl Claim {
    /// The claim's value for `principal`.
    pub(crate) fn of(self, principal: &Principal) -> String {
        match (self, principal.subject) {
            (Self::Name, _) => principal.name.to_string(),
            (Self::Id, Subject::User(id)) => id.to_string(),
            (Self::Id, Subject::Key(id)) => id.to_string(),
            (Self::Id, Subject::Anonymous) => String::new(),
            (Self::Type, Subject::User(_)) => "user".to_owned(),
            (Self::Type, Subject::Key(_)) => "key".to_owned(),
            (Self::Type, Subject::Anonymous) => "anonymous".to_owned(),
            (Self::Role, _) => principal.role.to_string(),
            (Self::Teams, _) => principal.teams.iter().map(ToString::to_string).collect::<Vec<_>>().join(","),
        }
    }
}

/// Whether PostgreSQL takes `name` as a custom setting: two or more identifiers joined by dots.
///
/// Settings of the server itself have no dot, so that `identity` cannot change them.
pub(crate) fn is_custom_setting(name: &str) -> bool {
    let is_identifier = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    name.contains('.') && name.split('.').all(is_identifier)
}

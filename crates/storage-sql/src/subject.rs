//! Subjects and grantees as text: `user:ID`, `key:ID`, `anonymous`, `team:ID`, `role:NAME`.

use puente_domain::{KeyId, Subject, TeamId, UserId, server::Grantee};
use puente_storage::Result;
use uuid::Uuid;

use super::column::{inconsistent, parse};

const ANONYMOUS: &str = "anonymous";

/// As stored.
pub(super) fn subject_text(subject: Subject) -> String {
    match subject {
        Subject::User(id) => format!("user:{id}"),
        Subject::Key(id) => format!("key:{id}"),
        Subject::Anonymous => ANONYMOUS.to_owned(),
    }
}

/// As read.
pub(super) fn subject(table: &'static str, text: &str) -> Result<Subject> {
    match text.split_once(':') {
        Some(("user", id)) => parse(table, id).map(Subject::User),
        Some(("key", id)) => parse(table, id).map(Subject::Key),
        None if text == ANONYMOUS => Ok(Subject::Anonymous),
        _ => Err(inconsistent(table, &format_args!("'{text}' is no subject"))),
    }
}

/// As stored.
pub(super) fn grantee_text(grantee: Grantee) -> String {
    match grantee {
        Grantee::Subject(subject) => subject_text(subject),
        Grantee::Team(id) => format!("team:{id}"),
        Grantee::Role(role) => format!("role:{role}"),
    }
}

/// As read.
pub(super) fn grantee(table: &'static str, text: &str) -> Result<Grantee> {
    match text.split_once(':') {
        Some(("team", id)) => parse(table, id).map(Grantee::Team),
        Some(("role", role)) => parse(table, role).map(Grantee::Role),
        _ => subject(table, text).map(Grantee::Subject),
    }
}

/// The rows that a membership or grant ends with.
#[derive(Default)]
pub(super) struct References {
    pub(super) user: Option<Uuid>,
    pub(super) key: Option<Uuid>,
    pub(super) team: Option<Uuid>,
}

impl From<Subject> for References {
    fn from(subject: Subject) -> Self {
        match subject {
            Subject::User(UserId(id)) => Self { user: Some(id), ..Self::default() },
            Subject::Key(KeyId(id)) => Self { key: Some(id), ..Self::default() },
            Subject::Anonymous => Self::default(),
        }
    }
}

impl From<Grantee> for References {
    fn from(grantee: Grantee) -> Self {
        match grantee {
            Grantee::Subject(subject) => subject.into(),
            Grantee::Team(TeamId(id)) => Self { team: Some(id), ..Self::default() },
            Grantee::Role(_) => Self::default(),
        }
    }
}

//! MySQL's errors: what the agent reads, what means that the server is gone.

use sqlx::mysql::MySqlDatabaseError;

use super::super::EngineError;

const BEFORE_START: &str = "the connection was lost before the statement began";

/// A failure while connecting: never in the server's words, which name users and hosts.
pub(super) fn connecting(error: sqlx::Error) -> EngineError {
    let message = match error.as_database_error() {
        Some(_) => "the database refused the login",
        None => "the database does not answer",
    };
    EngineError::unreachable(message, error)
}

/// A failure of a statement, in the server's words.
pub(super) fn from_sqlx(error: sqlx::Error) -> EngineError {
    match number(&error) {
        Some(number) if is_connection_error(number) => {
            EngineError::unreachable("the database closed the connection", error)
        }
        Some(_) => {
            let message = error.as_database_error().map(ToString::to_string).unwrap_or_default();
            let words = message.split_once(": ").map_or(message.as_str(), |(_, words)| words);
            EngineError::Refused { message: words.to_owned(), cause: Some(error.into()) }
        }
        None => match error {
            sqlx::Error::Decode(_) | sqlx::Error::ColumnDecode { .. } | sqlx::Error::Encode(_) => {
                EngineError::unreadable(error)
            }
            _ => EngineError::unreachable("the connection to the database broke", error),
        },
    }
}

/// A failure to begin: nothing was executed.
pub(super) fn beginning(error: sqlx::Error) -> EngineError {
    match from_sqlx(error) {
        EngineError::Unreachable { cause, .. } => EngineError::Unreachable { message: BEFORE_START.to_owned(), cause },
        other => other,
    }
}

/// Whether nothing was executed, and a fresh connection may do better.
pub(super) fn happened_before_start(error: &EngineError) -> bool {
    matches!(error, EngineError::Unreachable { message, .. } if message == BEFORE_START)
}

/// Whether the statement's time limit ended it: `ER_STATEMENT_TIMEOUT` of MariaDB, `ER_QUERY_TIMEOUT` of MySQL.
pub(super) fn is_timeout(error: &sqlx::Error) -> bool {
    matches!(number(error), Some(1969 | 3024))
}

fn number(error: &sqlx::Error) -> Option<u16> {
    error.as_database_error()?.try_downcast_ref::<MySqlDatabaseError>().map(MySqlDatabaseError::number)
}

/// Too many connections, a server that shuts down, a connection that was killed.
fn is_connection_error(number: u16) -> bool {
    matches!(number, 1040 | 1053 | 1077 | 1927 | 3168 | 4031)
}

//! PostgreSQL's errors: what the agent reads, what means that the server is gone.

use sqlx::postgres::PgDatabaseError;

use super::super::EngineError;

/// `query_canceled`: the statement's time limit, or somebody's cancellation.
const QUERY_CANCELED: &str = "57014";
/// `feature_not_supported`: also a prepared statement whose result type changed with the schema.
const FEATURE_NOT_SUPPORTED: &str = "0A000";
const STALE_PLAN: &str = "the schema changed; try again";
const BEFORE_START: &str = "the connection was lost before the statement began";

/// A failure while connecting: never in the server's words, which name users and databases.
pub(super) fn connecting(error: sqlx::Error) -> EngineError {
    let message = match error.as_database_error() {
        Some(_) => "the database refused the login",
        None => "the database does not answer",
    };
    EngineError::unreachable(message, error)
}

/// A failure of a statement, in the server's words.
pub(super) fn from_sqlx(error: sqlx::Error) -> EngineError {
    let sqlx::Error::Database(database) = &error else {
        return match error {
            sqlx::Error::Decode(_) | sqlx::Error::ColumnDecode { .. } | sqlx::Error::Encode(_) => {
                EngineError::unreadable(error)
            }
            _ => EngineError::unreachable("the connection to the database broke", error),
        };
    };
    let database: &PgDatabaseError = database.downcast_ref();
    match database.code() {
        code if is_connection_error(code) => EngineError::unreachable("the database closed the connection", error),
        FEATURE_NOT_SUPPORTED if database.message().starts_with("cached plan") => {
            EngineError::Refused { message: STALE_PLAN.to_owned(), cause: Some(error.into()) }
        }
        _ => EngineError::Refused { message: words(database), cause: Some(error.into()) },
    }
}

/// Message and hint. Not the detail, which can hold other rows' values.
fn words(error: &PgDatabaseError) -> String {
    match error.hint() {
        Some(hint) => format!("{} (hint: {hint})", error.message()),
        None => error.message().to_owned(),
    }
}

/// Connection exceptions, too many connections, and a server that shuts down or starts.
fn is_connection_error(code: &str) -> bool {
    code.starts_with("08") || code == "53300" || matches!(code, "57P01" | "57P02" | "57P03")
}

/// Whether the statement's time limit or a cancellation ended it.
pub(super) fn is_cancelled(error: &sqlx::Error) -> bool {
    error.as_database_error().and_then(sqlx::error::DatabaseError::code).is_some_and(|code| code == QUERY_CANCELED)
}

/// A failure to prepare.
pub(super) fn preparing(error: sqlx::Error) -> EngineError {
    match error {
        // The driver knows no multiranges, and cannot describe a statement that returns one.
        sqlx::Error::Decode(_) | sqlx::Error::ColumnDecode { .. } => EngineError::Refused {
            message: "a column has a type that cannot be shown (a multirange?); cast it to text".to_owned(),
            cause: Some(error.into()),
        },
        _ => from_sqlx(error),
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
pub(super) fn may_be_tried_again(error: &EngineError) -> bool {
    match error {
        EngineError::Unreachable { message, .. } => message == BEFORE_START,
        EngineError::Refused { message, .. } => message == STALE_PLAN,
        _ => false,
    }
}

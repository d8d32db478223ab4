//! How a use case fails; the API makes a problem (RFC 9457) of it, the command line a message and an exit code.

use puente_sources::SourceError;
use puente_storage::StorageError;

use crate::Refusal;

/// What every use case returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A failed use case. `Display` is for the caller; sources of errors go to the log only.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nobody, or nobody that we know (any more).
    #[error("authentication failed: {0}")]
    Unauthenticated(&'static str),
    /// The caller may not do this.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// There is none, or none that the caller may know of.
    #[error("there is no {kind} '{name}'")]
    NotFound {
        /// `user`, `key`, `source`, …
        kind: &'static str,
        /// As the caller named it.
        name: String,
    },
    /// The input is wrong; each finding says where and what.
    #[error("{}", summary(.0))]
    Invalid(Vec<Finding>),
    /// It exists already.
    #[error("{0} is already taken")]
    Conflict(String),
    /// It is in a state that does not allow this (HTTP 409).
    #[error("{0}")]
    State(String),
    /// It was edited since the caller read it (HTTP 412).
    #[error("{0} was changed by someone else; read it again")]
    Stale(&'static str),
    /// A limit was reached.
    #[error("too many attempts; try again in {retry_after_secs} s")]
    Limited {
        /// Whole seconds, at least 1.
        retry_after_secs: u64,
    },
    /// A source failed.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The database failed.
    #[error("the database failed; details are in the log")]
    Storage(#[source] StorageError),
}

/// Something wrong with an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Where: a path like `sources[0].tools[2].sql`, a field of a body, or empty.
    pub path: String,
    /// Line and column in the file, 1-based, where there is a file.
    pub position: Option<(usize, usize)>,
    /// What is wrong, and what to do.
    pub message: String,
    /// A warning does not keep the operation from being done.
    pub warning: bool,
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some((line, column)) = self.position {
            write!(f, "line {line}, column {column}: ")?;
        }
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message)
    }
}

fn summary(findings: &[Finding]) -> String {
    let fatal: Vec<String> = findings.iter().filter(|finding| !finding.warning).map(Finding::to_string).collect();
    fatal.join("\n")
}

impl Error {
    /// An [`Error::Invalid`] with one finding.
    #[must_use]
    pub fn invalid(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid(vec![Finding { path: path.into(), position: None, message: message.into(), warning: false }])
    }

    /// An [`Error::Invalid`] of problems with their paths.
    pub(crate) fn invalid_all(problems: Vec<(String, String)>) -> Self {
        let finding = |(path, message)| Finding { path, position: None, message, warning: false };
        Self::Invalid(problems.into_iter().map(finding).collect())
    }

    /// An [`Error::NotFound`].
    #[must_use]
    pub fn not_found(kind: &'static str, name: impl Into<String>) -> Self {
        Self::NotFound { kind, name: name.into() }
    }
}

impl From<StorageError> for Error {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::Conflict(what) => Self::Conflict(what.to_owned()),
            StorageError::Stale(what) => Self::Stale(what),
            StorageError::Unstorable(what) => Self::invalid(what, "contains a character that cannot be stored (NUL)"),
            StorageError::Missing(what) => Self::not_found(what, ""),
            other => Self::Storage(other),
        }
    }
}

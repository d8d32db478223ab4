//! What a failed use case is over HTTP.

use puente_gateway::{Error, Finding, Refusal};

use super::{Kind, Problem, ProblemError};

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let told = error.to_string();
        match error {
            Error::Unauthenticated(_) => Self::invalid_token(told),
            Error::Refused(Refusal::Anonymous) => Self::new(Kind::Unauthenticated, told),
            Error::Refused(_) => Self::new(Kind::Forbidden, told),
            Error::NotFound { .. } => Self::new(Kind::NotFound, told),
            Error::Invalid(findings) => {
                Self { errors: findings.into_iter().map(told_of).collect(), ..Self::new(Kind::Invalid, told) }
            }
            Error::Conflict(_) => Self::new(Kind::Conflict, told),
            Error::State(_) => Self::new(Kind::State, told),
            Error::Stale(_) => Self::new(Kind::Stale, told),
            Error::Limited { retry_after_secs } => Self::new(Kind::Limited, told).retry_after(retry_after_secs),
            Error::Source(_) => logged(Kind::Source, told, &error),
            Error::Storage(_) => logged(Kind::Internal, told, &error),
        }
    }
}

/// The chain of sources is for the log only.
fn logged(kind: Kind, told: String, error: &Error) -> Problem {
    tracing::error!(error = error as &dyn std::error::Error, "a request failed");
    Problem::new(kind, told)
}

fn told_of(finding: Finding) -> ProblemError {
    let (line, column) = finding.position.unzip();
    ProblemError { path: finding.path, message: finding.message, line, column }
}

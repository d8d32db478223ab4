//! What can go wrong, in words for the operator.

use puente_sources::outbound::OutboundError;

/// Why a bucket did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum S3Error {
    /// The settings name no bucket that there could be.
    #[error("{0}")]
    Address(String),
    /// No answer.
    #[error("{doing}: {source}")]
    Unreachable {
        /// `writing puente-20270131T030000Z.backup`
        doing: String,
        /// Why.
        source: OutboundError,
    },
    /// The answer is no.
    #[error("{doing}: the server says {status}{said}")]
    Refused {
        /// As above.
        doing: String,
        /// The HTTP status.
        status: u16,
        /// The server's own words, behind a colon.
        said: String,
    },
    /// The answer is not what S3 would say, or did not come to its end.
    #[error("{doing}: {what}")]
    Odd {
        /// As above.
        doing: String,
        /// What is wrong with it.
        what: String,
    },
    /// What was read could not be written here.
    #[error("{doing}: {source}")]
    Io {
        /// As above.
        doing: String,
        /// Why.
        source: std::io::Error,
    },
}

impl S3Error {
    pub(crate) fn odd(doing: &str, what: impl Into<String>) -> Self {
        Self::Odd { doing: doing.to_owned(), what: what.into() }
    }

    /// Whether asking once more may help: the network, or a server that is busy.
    pub(crate) fn may_pass(&self) -> bool {
        match self {
            Self::Unreachable { source, .. } => !source.was_refused(),
            Self::Refused { status, .. } => *status >= 500 || matches!(status, 408 | 429),
            Self::Odd { .. } => true,
            Self::Address(_) | Self::Io { .. } => false,
        }
    }
}

/// `: AccessDenied, Access Denied` from the XML of an error; empty if it is none.
pub(crate) fn said(body: &str) -> String {
    let between = |tag: &str| {
        let (_, rest) = body.split_once(&format!("<{tag}>"))?;
        rest.split_once(&format!("</{tag}>")).map(|(text, _)| text)
    };
    match (between("Code"), between("Message")) {
        (Some(code), Some(message)) => format!(": {code}, {message}"),
        (Some(code), None) => format!(": {code}"),
        _ => String::new(),
    }
}

//! How talking to an upstream fails.

use puente_mcp::{McpError, error};
use puente_sources::SourceError;
use rmcp::model::{ClientCapabilities, ErrorData};
use serde::Deserialize;

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why there is no answer of an upstream. `Display` may be read by agents: no addresses, no credentials.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LinkError {
    /// There is no way to it, and the request was not sent.
    #[error("the upstream server cannot be reached")]
    Unreachable(#[source] Cause),
    /// Its command cannot be started.
    #[error("the upstream server's command cannot be started")]
    Start(#[source] std::io::Error),
    /// The session ended before the request was carried out: a new session may send it again.
    #[error("the upstream server ended the session")]
    SessionGone,
    /// The way ended in the middle of a request.
    #[error("the upstream server ended before it answered; whether it carried the request out is unknown")]
    Closed(#[source] Option<Cause>),
    /// It does not take our credentials.
    #[error("the upstream server refuses this source's credentials (HTTP {0})")]
    Refused(u16),
    /// It is busy.
    #[error("the upstream server is busy (HTTP {status}){}", .after.map(|secs| format!("; try again in {secs} s")).unwrap_or_default())]
    Busy {
        /// 429 or 503.
        status: u16,
        /// `Retry-After` in seconds.
        after: Option<u64>,
    },
    /// An answer that is no answer.
    #[error("the upstream server answered with HTTP {0}")]
    Status(u16),
    /// What came is no MCP.
    #[error("the upstream server sent something that is not MCP")]
    Garbage(#[source] Cause),
    /// More bytes than anybody wants.
    #[error("the answer is larger than {0} bytes")]
    TooLarge(usize),
    /// It took too long to start.
    #[error("the upstream server did not answer in time")]
    Late,
    /// A JSON-RPC error.
    #[error("{}", .0.message)]
    Rpc(ErrorData),
    /// It failed a moment ago; asking it again right away would only cost time.
    #[error("{0}")]
    Recently(String),
}

impl LinkError {
    pub(crate) fn garbage(reason: impl Into<String>) -> Self {
        Self::Garbage(reason.into().into())
    }

    /// Whether the same request may be sent on a new session: it was not carried out.
    pub(crate) const fn may_resend(&self) -> bool {
        matches!(self, Self::SessionGone)
    }

    /// For the gateway; `source` is the source's name.
    pub(crate) fn into_source_error(self, source: &str) -> SourceError {
        match self {
            Self::Rpc(error) => rpc(error),
            Self::TooLarge(limit_bytes) => SourceError::TooLarge { limit_bytes },
            other => SourceError::Unavailable {
                name: source.to_owned(),
                message: other.to_string(),
                cause: std::error::Error::source(&other).map(|cause| describe(cause).into()),
            },
        }
    }
}

/// An error with all its causes, for the log.
pub(crate) fn describe(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    text
}

/// An upstream's JSON-RPC error as ours: what is between it and us is a failure of the source, the rest is the client's.
fn rpc(data: ErrorData) -> SourceError {
    if let Some(required) = required_capabilities(&data) {
        return McpError::MissingCapability(Box::new(required)).into();
    }
    match data.code.0 {
        -32002 => match data.data.as_ref().and_then(|data| data["uri"].as_str()) {
            Some(uri) => McpError::UnknownResource(uri.to_owned()).into(),
            None => McpError::Raw(data).into(),
        },
        error::HEADER_MISMATCH | error::UNSUPPORTED_VERSION | -32700 | -32600 => SourceError::Failed {
            message: format!("the upstream server refuses the request: {}", data.message),
            cause: None,
        },
        _ => McpError::Raw(data).into(),
    }
}

/// What the client would have to offer. Told by what the error says, because its code differs between servers.
fn required_capabilities(data: &ErrorData) -> Option<ClientCapabilities> {
    let required = data.data.as_ref()?.get("requiredCapabilities")?;
    ClientCapabilities::deserialize(required).ok()
}

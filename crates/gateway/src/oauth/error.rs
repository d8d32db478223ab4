//! How OAuth requests fail: codes that programs read, and words for people.

use crate::Error;

/// The codes of RFC 6749 (sections 4.1.2.1 and 5.2), RFC 7591 (section 3.2.2) and RFC 8707 (section 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// A parameter is missing, given twice, or wrong.
    InvalidRequest,
    /// The client is not known, or disabled.
    InvalidClient,
    /// The code or refresh token is not valid (any more), or not for this client.
    InvalidGrant,
    /// Another grant than `authorization_code` and `refresh_token`.
    UnsupportedGrantType,
    /// Another response than `code`.
    UnsupportedResponseType,
    /// No scope that exists here.
    InvalidScope,
    /// The resource is none of ours, or not the one of the code.
    InvalidTarget,
    /// The person said no, or may not say yes.
    AccessDenied,
    /// A redirect URI that no client may have.
    InvalidRedirectUri,
    /// Something else in a registration.
    InvalidClientMetadata,
    /// Too many requests.
    TemporarilyUnavailable,
    /// Our fault.
    ServerError,
}

impl Code {
    /// As it goes on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::InvalidScope => "invalid_scope",
            Self::InvalidTarget => "invalid_target",
            Self::AccessDenied => "access_denied",
            Self::InvalidRedirectUri => "invalid_redirect_uri",
            Self::InvalidClientMetadata => "invalid_client_metadata",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
            Self::ServerError => "server_error",
        }
    }
}

/// A failed OAuth request; `Display` is for the client's developer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{description}")]
pub struct OAuthError {
    /// What kind.
    pub code: Code,
    /// In words: `error_description`.
    pub description: String,
}

impl OAuthError {
    /// An error of a kind.
    #[must_use]
    pub fn new(code: Code, description: impl Into<String>) -> Self {
        Self { code, description: description.into() }
    }

    pub(super) fn grant(description: &str) -> Self {
        Self::new(Code::InvalidGrant, description)
    }

    pub(super) fn request(description: impl Into<String>) -> Self {
        Self::new(Code::InvalidRequest, description)
    }
}

impl From<Error> for OAuthError {
    fn from(error: Error) -> Self {
        let code = match &error {
            Error::Unauthenticated(_) => Code::InvalidGrant,
            Error::Refused(_) => Code::AccessDenied,
            Error::NotFound { .. } | Error::Invalid(_) | Error::Conflict(_) | Error::State(_) | Error::Stale(_) => {
                Code::InvalidRequest
            }
            Error::Limited { .. } => Code::TemporarilyUnavailable,
            Error::Source(_) | Error::Storage(_) => {
                tracing::error!(error = &error as &dyn std::error::Error, "an OAuth request failed");
                Code::ServerError
            }
        };
        Self::new(code, error.to_string())
    }
}

impl From<puente_storage::StorageError> for OAuthError {
    fn from(error: puente_storage::StorageError) -> Self {
        Error::from(error).into()
    }
}

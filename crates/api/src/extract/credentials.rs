//! E-mail and password, as JSON or as the OAuth 2 password form (RFC 6749, section 4.3.2).

use axum::extract::{FromRequest, Request};
use secrecy::SecretString;
use serde::Deserialize;
use url::form_urlencoded;
use utoipa::ToSchema;

use super::body::{bytes, media_type, parse};
use crate::problem::{Kind, Problem};

/// Who signs in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Credentials {
    /// The account.
    #[schema(example = "ana@example.com")]
    pub(crate) email: String,
    /// Its password.
    #[schema(value_type = String, format = Password)]
    pub(crate) password: SecretString,
}

impl<S: Send + Sync> FromRequest<S> for Credentials {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        match media_type(request.headers()).to_ascii_lowercase().as_str() {
            "application/json" => parse(&bytes(request, state).await?),
            "application/x-www-form-urlencoded" => form(&bytes(request, state).await?),
            _ => Err(Problem::new(
                Kind::UnsupportedMediaType,
                "send application/json, or the OAuth 2 password form as application/x-www-form-urlencoded",
            )),
        }
    }
}

/// What else OAuth 2 clients put in is theirs (RFC 6749, section 3.2).
fn form(bytes: &[u8]) -> Result<Credentials, Problem> {
    let field = |wanted: &str| {
        let found = form_urlencoded::parse(bytes).find(|(name, _)| name == wanted);
        found.map(|(_, value)| value.into_owned()).ok_or_else(|| Problem::invalid(wanted, "is missing"))
    };
    if field("grant_type")? != "password" {
        return Err(Problem::invalid("grant_type", "must be `password`; refresh with POST /api/v1/auth/refresh"));
    }
    Ok(Credentials { email: field("username")?, password: field("password")?.into() })
}

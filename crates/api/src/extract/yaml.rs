//! Bodies in YAML.

use axum::extract::{FromRequest, Request};

use super::body::{bytes, media_type};
use crate::problem::{Kind, Problem};

/// The media types that people send YAML as (RFC 9512).
const MEDIA_TYPES: [&str; 4] = ["application/yaml", "application/x-yaml", "text/yaml", "text/plain"];

/// A body in YAML, as text. JSON is YAML, too.
pub(crate) struct Yaml(pub(crate) String);

impl<S: Send + Sync> FromRequest<S> for Yaml {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let media_type = media_type(request.headers()).to_ascii_lowercase();
        if !MEDIA_TYPES.contains(&media_type.as_str()) && media_type != "application/json" {
            return Err(Problem::new(
                Kind::UnsupportedMediaType,
                "the body must be YAML (Content-Type: application/yaml)",
            ));
        }
        let bytes = bytes(request, state).await?;
        let text = String::from_utf8(bytes.into());
        text.map(Self).map_err(|_| Problem::new(Kind::BadRequest, "the body is not UTF-8"))
    }
}

//! The OpenAPI document, made from the handlers themselves.

use axum::Router;
use utoipa::{
    Modify, OpenApi,
    openapi::{
        OpenApi as Document,
        security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};
use utoipa_axum::router::OpenApiRouter;

use crate::{
    ApiState,
    problem::{ProblemBody, ProblemError},
    routes,
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Puente",
        description = "The REST API of Puente, the governed door through which AI agents reach business systems. \
                       Failures are problems (RFC 9457). Lists are paged by `limit` and `after`; `Link` names the next \
                       page. Edits send the `ETag` of what they read as `If-Match`.",
        license(name = "MIT OR Apache-2.0")
    ),
    components(schemas(ProblemBody, ProblemError)),
    modifiers(&Bearer),
    security(("bearer" = []))
)]
struct Api;

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, document: &mut Document) {
        let description = "An access token of POST /api/v1/auth/token, or an API key (pk_…).";
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(description)).build();
        document.components.get_or_insert_default().add_security_scheme("bearer", SecurityScheme::Http(bearer));
    }
}

/// The REST routes and the document that describes them.
pub(crate) fn parts() -> (Router<ApiState>, Document) {
    OpenApiRouter::with_openapi(Api::openapi()).nest("/api/v1", routes::router()).split_for_parts()
}

/// The OpenAPI 3.1 document of the REST API, as JSON.
///
/// # Panics
/// Never: a document made of our own types serialises.
#[must_use]
pub fn openapi() -> String {
    render(&parts().1)
}

pub(crate) fn render(document: &Document) -> String {
    document.to_pretty_json().expect("a document made of our own types serialises")
}

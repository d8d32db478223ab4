use axum::extract::State;
use http::StatusCode;
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    ApiState,
    extract::{Authenticated, Json, Path},
    problem::{Problem, Problems},
};

/// The value.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SecretValue)]
pub(super) struct Body {
    /// 1 to 65,536 bytes; never told again.
    #[schema(value_type = String, format = Password)]
    value: SecretString,
}

/// Set a secret
///
/// Adds it or replaces it; sources that use it connect anew. Needs the role editor.
#[utoipa::path(
    put, path = "/{name}", tag = "secrets", request_body = Body,
    params(("name" = String, Path, description = "As in ${secret:name}")),
    responses((status = NO_CONTENT), Problems)
)]
pub(super) async fn set(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    Path(name): Path<String>,
    Json(body): Json<Body>,
) -> Result<StatusCode, Problem> {
    state.gateway.set_secret(&actor, &name, &body.value).await?;
    Ok(StatusCode::NO_CONTENT)
}

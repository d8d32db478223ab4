use axum::extract::State;

use super::ServerBody;
use crate::{
    ApiState,
    etag::Tagged,
    extract::{Authenticated, Path},
    problem::{Problem, Problems},
};

/// Read a virtual server
///
/// By id or name. Needs the role editor.
#[utoipa::path(
    get, path = "/{server}", tag = "servers", params(("server" = String, Path, description = "Id or name")),
    responses((status = OK, body = ServerBody, headers(("ETag" = String))), Problems)
)]
pub(super) async fn get(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    Path(server): Path<String>,
) -> Result<Tagged<ServerBody>, Problem> {
    let server = state.gateway.server(&actor, &server).await?;
    Ok(Tagged(server.version, server.into()))
}

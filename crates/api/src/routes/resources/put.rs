use axum::extract::State;
use puente_domain::Name;
use puente_gateway::catalog::file::ResourceEntry;
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::ResourceBody;
use crate::{
    ApiState,
    extract::{Authenticated, Json, Path},
    problem::{Problem, Problems},
};

/// What a static resource is made of.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ResourceContent)]
pub(super) struct Body {
    /// The URI under which clients read it; unique in the catalog.
    uri: String,
    /// For agents.
    #[serde(default)]
    description: String,
    /// Text and MIME type, as in a catalog file.
    #[schema(value_type = Object)]
    settings: Map<String, Value>,
}

/// Add or replace a static resource
///
/// Needs the role editor.
#[utoipa::path(
    put, path = "/{resource}", tag = "resources", request_body = Body,
    params(("source" = String, Path, description = "Name of the source"), ("resource" = String, Path, description = "Name")),
    responses((status = OK, body = ResourceBody), Problems)
)]
pub(super) async fn put(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    Path((source, name)): Path<(String, Name)>,
    Json(body): Json<Body>,
) -> Result<Json<ResourceBody>, Problem> {
    let Body { uri, description, settings } = body;
    let entry = ResourceEntry { name, uri, description, settings };
    Ok(Json(state.gateway.put_resource(&actor, &source, entry).await?.into()))
}

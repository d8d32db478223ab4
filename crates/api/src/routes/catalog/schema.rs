use serde_json::Value;

use crate::extract::Json;

/// Read the JSON Schema of catalog files
#[utoipa::path(get, path = "/schema", tag = "catalog", security(()), responses((status = OK, body = Object)))]
pub(super) async fn schema() -> Json<Value> {
    Json(puente_gateway::catalog::catalog_schema())
}

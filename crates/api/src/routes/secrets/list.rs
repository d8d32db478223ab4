use axum::extract::State;
use puente_domain::Timestamp;
use puente_gateway::admin::secrets::SecretInfo;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    ApiState,
    extract::{Authenticated, Json},
    problem::{Problem, Problems},
};

/// All secrets, without their values.
#[derive(Serialize, ToSchema)]
pub(super) struct Secrets {
    /// By name.
    items: Vec<Secret>,
}

/// All that is ever told about a secret.
#[derive(Serialize, ToSchema)]
pub(super) struct Secret {
    /// As in `${secret:name}`.
    name: String,
    /// The id of the key that sealed it.
    key_id: String,
    /// Whether that key is still in `ENCRYPTION_KEY`.
    readable: bool,
    /// The last change.
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

impl From<SecretInfo> for Secret {
    fn from(info: SecretInfo) -> Self {
        let SecretInfo { name, key_id, readable, updated_at } = info;
        Self { name, key_id, readable, updated_at }
    }
}

/// List secrets
///
/// Their names, never their values. Needs the role editor.
#[utoipa::path(get, path = "", tag = "secrets", responses((status = OK, body = Secrets), Problems))]
pub(super) async fn list(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
) -> Result<Json<Secrets>, Problem> {
    let secrets = state.gateway.secrets(&actor).await?;
    Ok(Json(Secrets { items: secrets.into_iter().map(Secret::from).collect() }))
}

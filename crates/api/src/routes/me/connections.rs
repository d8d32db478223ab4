use axum::extract::State;
use puente_domain::Timestamp;
use puente_gateway::oauth::ConnectedClient;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    ApiState,
    extract::{Authenticated, Json},
    problem::{Problem, Problems},
    routes::clients::ClientBody,
};

/// A client that acts for the caller on one virtual server.
#[derive(Serialize, ToSchema)]
pub(super) struct Connection {
    /// Its id.
    #[schema(format = "uuid")]
    id: String,
    /// Who it is.
    client: ClientBody,
    /// The virtual server.
    server: String,
    /// What it may do: `mcp`, or `mcp:read`.
    scopes: Vec<String>,
    /// When the caller consented.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// Its last exchange of tokens.
    #[schema(value_type = String, format = DateTime)]
    last_used_at: Timestamp,
}

impl From<ConnectedClient> for Connection {
    fn from(connected: ConnectedClient) -> Self {
        let ConnectedClient { connection, client } = connected;
        Self {
            id: connection.family.to_string(),
            client: client.into(),
            server: connection.server,
            scopes: connection.scopes.iter().map(ToString::to_string).collect(),
            created_at: connection.created_at,
            last_used_at: connection.last_used_at,
        }
    }
}

/// List the clients that act for one
///
/// Newest first.
#[utoipa::path(get, path = "/connections", tag = "me", responses((status = OK, body = Vec<Connection>), Problems))]
pub(super) async fn connections(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
) -> Result<Json<Vec<Connection>>, Problem> {
    let connected = state.gateway.own_connections(&actor).await?;
    Ok(Json(connected.into_iter().map(Connection::from).collect()))
}

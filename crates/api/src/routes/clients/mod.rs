//! OAuth clients: programs that people let act for them.

mod delete;
mod disable;
mod enable;
mod list;

use puente_domain::{Timestamp, oauth::OAuthClient};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::ApiState;

pub(super) fn router() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list::list))
        .routes(routes!(delete::delete))
        .routes(routes!(disable::disable))
        .routes(routes!(enable::enable))
}

/// An OAuth client.
#[derive(Serialize, ToSchema)]
#[schema(as = Client)]
pub(crate) struct ClientBody {
    /// The `client_id`.
    id: String,
    /// `registered` or `document`.
    kind: &'static str,
    /// What it calls itself; nobody has checked that.
    name: String,
    /// Where it has people sent back to.
    redirect_uris: Vec<String>,
    /// Its home page.
    uri: Option<String>,
    /// Since when it is disabled.
    #[schema(value_type = Option<String>, format = DateTime)]
    disabled_at: Option<Timestamp>,
    /// When its tokens were last exchanged.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_used_at: Option<Timestamp>,
    /// When it became known.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

impl From<OAuthClient> for ClientBody {
    fn from(client: OAuthClient) -> Self {
        Self {
            id: client.id,
            kind: client.kind.as_str(),
            name: client.name,
            redirect_uris: client.redirect_uris,
            uri: client.uri,
            disabled_at: client.disabled_at,
            last_used_at: client.last_used_at,
            created_at: client.created_at,
        }
    }
}

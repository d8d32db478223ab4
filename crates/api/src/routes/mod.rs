//! The REST API: a folder a resource, a file an operation.

mod audit;
mod auth;
mod catalog;
mod clients;
mod grants;
mod jobs;
mod keys;
mod me;
mod prompts;
mod resources;
mod secrets;
mod servers;
mod sources;
mod statistics;
mod teams;
mod tools;
mod users;

pub(crate) use statistics::SourceStatus;
use utoipa_axum::router::OpenApiRouter;

use crate::ApiState;

/// Everything below `/api/v1`.
pub(crate) fn router() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .nest("/auth", auth::router())
        .nest("/me", me::router())
        .nest("/users", users::router())
        .nest("/keys", keys::router())
        .nest("/clients", clients::router())
        .nest("/teams", teams::router())
        .nest("/servers", servers::router())
        .nest("/grants", grants::router())
        .nest("/sources", sources::router())
        .nest("/tools", tools::router())
        .nest("/secrets", secrets::router())
        .nest("/catalog", catalog::router())
        .nest("/audit", audit::router())
        .nest("/jobs", jobs::router())
        .nest("/statistics", statistics::router())
}

/// Switches are on where nothing else is said.
fn on() -> bool {
    true
}

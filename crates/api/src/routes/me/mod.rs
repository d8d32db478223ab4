//! The caller itself.

mod change_password;
mod connections;
mod disconnect;
mod get;
mod keys;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::ApiState;

pub(super) fn router() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(get::get))
        .routes(routes!(keys::keys))
        .routes(routes!(connections::connections))
        .routes(routes!(disconnect::disconnect))
        .routes(routes!(change_password::change_password))
}

//! The catalog as a file.

mod apply;
mod export;
mod schema;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::ApiState;

pub(super) fn router() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(export::export, apply::apply)).routes(routes!(schema::schema))
}

//! Secrets of sources: their names; never their values.

mod list;
mod remove;
mod rotate;
mod set;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::ApiState;

pub(super) fn router() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list::list))
        .routes(routes!(rotate::rotate))
        .routes(routes!(set::set, remove::remove))
}

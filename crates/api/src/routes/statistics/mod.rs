//! How much is called, and how the sources are.

mod calls;
mod sources;

pub(crate) use sources::SourceStatus;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::ApiState;

pub(super) fn router() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(calls::calls)).routes(routes!(sources::sources))
}

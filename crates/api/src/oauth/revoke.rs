//! The revocation endpoint (RFC 7009).

use axum::extract::State;
use http::StatusCode;

use super::{Fields, failure::Failure};
use crate::{ApiState, extract::Visitor};

/// Answers 200 to tokens that it does not know, too.
pub(super) async fn revoke(
    State(state): State<ApiState>,
    Visitor(visitor): Visitor,
    fields: Fields,
) -> Result<StatusCode, Failure> {
    let (client, token) = (fields.required("client_id")?, fields.required("token")?);
    state.gateway.revoke_oauth(&visitor, client, token).await?;
    Ok(StatusCode::OK)
}

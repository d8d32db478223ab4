use axum::extract::State;
use puente_domain::{Timestamp, audit::Outcome};
use puente_storage::AuditFilter;
use serde::Deserialize;
use utoipa::IntoParams;

use super::EventBody;
use crate::{
    ApiState,
    extract::{Authenticated, FullUri, Query},
    paging::{Listed, Paged, page},
    problem::{Problem, Problems},
};

/// Which events. All conditions must hold.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Filter {
    /// A part of the caller's name, whatever the case.
    principal: Option<String>,
    /// This action: `tools/call`, …
    action: Option<String>,
    /// This target, or all that start with it if it ends with `*`.
    target: Option<String>,
    /// On this virtual server: name.
    server: Option<String>,
    /// `ok`, `error`, `refused`, `limited`, `cancelled`, `timed_out` or `unknown`.
    #[param(value_type = Option<String>)]
    outcome: Option<Outcome>,
    /// From this moment on.
    #[param(value_type = Option<String>, format = DateTime)]
    since: Option<Timestamp>,
    /// Before this moment.
    #[param(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
    /// 1 to 1,000; 100 if not given.
    limit: Option<u32>,
    /// `next` of the page before.
    after: Option<String>,
}

/// Search the audit trail
///
/// Newest first. Everyone sees its own events; the role admin sees all.
#[utoipa::path(
    get, path = "", tag = "audit", params(Filter),
    responses((status = OK, body = Listed<EventBody>), Problems)
)]
pub(super) async fn list(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    FullUri(uri): FullUri,
    Query(query): Query<Filter>,
) -> Result<Paged<EventBody>, Problem> {
    let Filter { principal, action, target, server, outcome, since, until, limit, after } = query;
    let filter = AuditFilter { subject: None, principal, action, target, server, outcome, since, until };
    let events = state.gateway.audit_list(&actor, filter, &page(limit, after)?).await?;
    Ok(Paged::new(events, EventBody::from, &uri))
}

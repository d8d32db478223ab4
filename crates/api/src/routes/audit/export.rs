use std::sync::Arc;

use axum::{
    body::{Body, Bytes},
    extract::State,
};
use futures::{Stream, stream};
use http::header;
use puente_domain::{Timestamp, audit::AuditEvent};
use puente_gateway::{Actor, Gateway};
use puente_storage::AuditFilter;
use serde::Deserialize;
use utoipa::IntoParams;

use super::EventBody;
use crate::{
    ApiState,
    extract::{Authenticated, Query},
    problem::{Problem, Problems},
};

/// Which events.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Span {
    /// From this moment on.
    #[param(value_type = Option<String>, format = DateTime)]
    since: Option<Timestamp>,
    /// Before this moment.
    #[param(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
}

/// Export the audit trail
///
/// The oldest event first, one JSON object a line. Everyone gets its own events; the role admin gets all. A stream that
/// breaks off before its last line end is not whole.
#[utoipa::path(
    get, path = "/export", tag = "audit", params(Span),
    responses((status = OK, body = String, content_type = "application/jsonl"), Problems)
)]
pub(super) async fn export(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    Query(Span { since, until }): Query<Span>,
) -> Result<([(header::HeaderName, &'static str); 1], Body), Problem> {
    let filter = AuditFilter { since, until, ..AuditFilter::default() };
    let first = state.gateway.audit_export(&actor, &filter, None).await?;
    let rest = Rest { gateway: state.gateway.clone(), actor, filter };
    Ok(([(header::CONTENT_TYPE, "application/jsonl")], Body::from_stream(rest.after(first))))
}

/// What is still to be read.
struct Rest {
    gateway: Arc<Gateway>,
    actor: Actor,
    filter: AuditFilter,
}

impl Rest {
    /// These events, and all after them, a page at a time.
    fn after(self, first: Vec<AuditEvent>) -> impl Stream<Item = puente_gateway::Result<Bytes>> {
        stream::try_unfold((self, first), async |(rest, events)| {
            let Some(last) = events.last() else { return Ok(None) };
            let next = rest.gateway.audit_export(&rest.actor, &rest.filter, Some(last)).await?;
            Ok(Some((lines(events), (rest, next))))
        })
    }
}

fn lines(events: Vec<AuditEvent>) -> Bytes {
    let mut lines = Vec::new();
    for event in events.into_iter().map(EventBody::from) {
        // Plain values only: nothing in it can fail to be written.
        if serde_json::to_writer(&mut lines, &event).is_ok() {
            lines.push(b'\n');
        }
    }
    lines.into()
}

//! The audit trail.

mod export;
mod get;
mod list;

use puente_domain::{Subject, Timestamp, audit::AuditEvent};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::ApiState;

pub(super) fn router() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(list::list)).routes(routes!(export::export)).routes(routes!(get::get))
}

/// Who did what, when, with which outcome.
#[derive(Serialize, ToSchema)]
#[schema(as = AuditEvent)]
pub(super) struct EventBody {
    /// Its id.
    #[schema(format = "uuid")]
    id: String,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// `user:ID`, `key:ID` or `anonymous`.
    subject: String,
    /// The caller's name at that moment; a pseudonym if the user was deleted since.
    principal: String,
    /// What was done: `tools/call`, `users/create`, …
    action: String,
    /// To what: `source.tool`, a URI, a user's id, …
    target: String,
    /// The virtual server, where one was used.
    server: Option<String>,
    /// SHA-256 of the canonical arguments, in hexadecimal.
    arguments_hash: Option<String>,
    /// The arguments, sensitive ones redacted, if so configured.
    arguments: Option<String>,
    /// `ok`, `error`, `refused`, `limited`, `cancelled`, `timed_out` or `unknown`.
    outcome: &'static str,
    /// For people: the error told to the caller.
    detail: Option<String>,
    /// Wall time in microseconds.
    duration_us: i64,
    /// Time within the source in microseconds.
    source_us: i64,
    /// Size of the result in bytes.
    bytes: i64,
    /// Whether the answer came from the cache.
    cached: bool,
    /// The id in the log.
    request_id: Option<String>,
    /// The caller's address.
    address: Option<String>,
}

impl From<AuditEvent> for EventBody {
    fn from(event: AuditEvent) -> Self {
        Self {
            id: event.id.to_string(),
            at: event.at,
            subject: match event.subject {
                Subject::User(id) => format!("user:{id}"),
                Subject::Key(id) => format!("key:{id}"),
                Subject::Anonymous => "anonymous".to_owned(),
            },
            principal: event.principal,
            action: event.action,
            target: event.target,
            server: event.server,
            arguments_hash: event.arguments_hash,
            arguments: event.arguments,
            outcome: event.outcome.as_str(),
            detail: event.detail,
            duration_us: event.duration_us,
            source_us: event.source_us,
            bytes: event.bytes,
            cached: event.cached,
            request_id: event.request_id,
            address: event.address,
        }
    }
}

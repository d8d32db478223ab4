//! Messages from an upstream: hostile input.

use puente_mcp::{
    LoggingLevel,
    envelope::{Message, Notification, OwnedId, scan},
};
use rmcp::model::{ErrorCode, ErrorData};
use serde_json::{Value, value::RawValue};

use crate::error::LinkError;

/// A message from an upstream.
#[derive(Debug)]
pub(crate) enum Incoming {
    /// The answer to a request of ours.
    Answer {
        /// The id that we gave; `None` if it is none of ours.
        id: Option<u64>,
        /// The result as it was written.
        outcome: Result<Box<RawValue>, ErrorData>,
    },
    /// A request to a client (legacy).
    Request {
        /// As the upstream wrote it.
        id: OwnedId,
        /// `elicitation/create`, `ping`, …
        method: String,
        /// An object; `null` if absent.
        params: Value,
    },
    /// Something happened.
    Note(Note),
}

/// What a notification says.
#[derive(Debug)]
pub(crate) enum Note {
    /// `notifications/progress`.
    Progress {
        /// The token that we gave.
        token: Option<u64>,
        /// How far it is.
        progress: f64,
        /// Out of how much.
        total: Option<f64>,
        /// In words.
        message: Option<String>,
    },
    /// `notifications/message`.
    Log {
        /// How severe.
        level: LoggingLevel,
        /// Who says it.
        logger: Option<String>,
        /// What it says.
        data: Value,
    },
    /// One of the three lists changed.
    ListChanged,
    /// `notifications/resources/updated`.
    Updated(String),
    /// `notifications/subscriptions/acknowledged`, with the id of our request.
    Acknowledged(Option<u64>),
    /// Anything else.
    Other,
}

/// Reads one message.
pub(crate) fn read(body: &[u8]) -> Result<Incoming, LinkError> {
    let message = scan(body).map_err(|error| LinkError::Garbage(error.into()))?;
    Ok(match message {
        Message::Response(response) => Incoming::Answer {
            id: response.id.as_json().parse().ok(),
            outcome: response.outcome.map(ToOwned::to_owned).map_err(error_data),
        },
        Message::Request(request) => {
            let whole: Value = serde_json::from_slice(body).map_err(|error| LinkError::Garbage(error.into()))?;
            let params = whole.get("params").cloned().unwrap_or_default();
            Incoming::Request { id: request.id.to_owned(), method: request.method.into_owned(), params }
        }
        Message::Notification(notification) => Incoming::Note(note(&notification)),
    })
}

fn error_data(raw: &RawValue) -> ErrorData {
    serde_json::from_str(raw.get()).unwrap_or_else(|_| {
        ErrorData::new(ErrorCode::INTERNAL_ERROR, "the upstream server's error cannot be read", None)
    })
}

/// A notification that cannot be read says nothing: nobody waits for it.
fn note(notification: &Notification<'_>) -> Note {
    let params = &notification.params;
    match &*notification.method {
        "notifications/progress" => Note::Progress {
            token: params.raw("progressToken").and_then(|raw| raw.get().parse().ok()),
            progress: params.parsed("progress").unwrap_or_default(),
            total: params.parsed("total").unwrap_or_default(),
            message: params.parsed("message").unwrap_or_default(),
        },
        "notifications/message" => match params.required("level") {
            Ok(level) => Note::Log {
                level,
                logger: params.parsed("logger").unwrap_or_default(),
                data: params.parsed("data").unwrap_or_default(),
            },
            Err(_) => Note::Other,
        },
        "notifications/tools/list_changed"
        | "notifications/prompts/list_changed"
        | "notifications/resources/list_changed" => Note::ListChanged,
        "notifications/resources/updated" => match params.required_text("uri") {
            Ok(uri) => Note::Updated(uri.into_owned()),
            Err(_) => Note::Other,
        },
        "notifications/subscriptions/acknowledged" => {
            let meta = params.nested("_meta").unwrap_or_default();
            let id = meta.raw("io.modelcontextprotocol/subscriptionId");
            Note::Acknowledged(id.and_then(|raw| raw.get().parse().ok()))
        }
        _ => Note::Other,
    }
}

//! The scan of one message.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer};
use serde_json::{error::Category, value::RawValue};

use super::{EnvelopeError, Id, Params, depth::is_too_deep, params::Text};

/// A message from a client.
#[derive(Debug)]
pub enum Message<'a> {
    /// Wants an answer.
    Request(Request<'a>),
    /// Wants none.
    Notification(Notification<'a>),
    /// Answers a request of ours (legacy).
    Response(Response<'a>),
}

/// A request.
#[derive(Debug)]
pub struct Request<'a> {
    /// Its id.
    pub id: Id<'a>,
    /// What is asked for.
    pub method: Cow<'a, str>,
    /// With what.
    pub params: Params<'a>,
}

/// A notification.
#[derive(Debug)]
pub struct Notification<'a> {
    /// What happened.
    pub method: Cow<'a, str>,
    /// The details.
    pub params: Params<'a>,
}

/// The answer to a request that the server sent.
#[derive(Debug)]
pub struct Response<'a> {
    /// The id that we gave.
    pub id: Id<'a>,
    /// The result, or the error object.
    pub outcome: Result<&'a RawValue, &'a RawValue>,
}

#[derive(Deserialize)]
struct Raw<'a> {
    #[serde(borrow)]
    jsonrpc: Option<Text<'a>>,
    #[serde(borrow, default, deserialize_with = "present")]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    method: Option<Text<'a>>,
    #[serde(borrow)]
    params: Option<Params<'a>>,
    #[serde(borrow, default, deserialize_with = "present")]
    result: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present")]
    error: Option<&'a RawValue>,
}

/// Tells a member that is `null` from one that is absent.
fn present<'de: 'a, 'a, D: Deserializer<'de>>(deserializer: D) -> Result<Option<&'a RawValue>, D::Error> {
    <&'a RawValue>::deserialize(deserializer).map(Some)
}

/// Whether the body is an array: a batch, which only 2025-03-26 has.
#[must_use]
pub fn is_batch(body: &[u8]) -> bool {
    body.trim_ascii_start().first() == Some(&b'[')
}

/// Scans a body that holds one message.
pub fn scan(body: &[u8]) -> Result<Message<'_>, EnvelopeError> {
    if is_too_deep(body) {
        return Err(EnvelopeError::TooDeep);
    }
    let raw: Raw<'_> = serde_json::from_slice(body).map_err(|error| classify(&error, body))?;
    message(raw).map_err(|error| with_id(error, body))
}

fn message(raw: Raw<'_>) -> Result<Message<'_>, EnvelopeError> {
    if raw.jsonrpc.as_ref().is_none_or(|version| version.0 != "2.0") {
        return Err(EnvelopeError::invalid("`jsonrpc` must be \"2.0\""));
    }
    let id = raw.id.map(|id| Id::new(id).ok_or_else(|| EnvelopeError::invalid("`id` must be a string or a number")));
    match (raw.method, id.transpose()?, raw.result, raw.error) {
        (Some(Text(method)), Some(id), None, None) => {
            Ok(Message::Request(Request { id, method, params: raw.params.unwrap_or_default() }))
        }
        (Some(Text(method)), None, None, None) => {
            Ok(Message::Notification(Notification { method, params: raw.params.unwrap_or_default() }))
        }
        (None, Some(id), Some(result), None) => Ok(Message::Response(Response { id, outcome: Ok(result) })),
        (None, Some(id), None, Some(error)) => Ok(Message::Response(Response { id, outcome: Err(error) })),
        _ => Err(EnvelopeError::invalid("expected `method`, or an `id` with either `result` or `error`")),
    }
}

fn classify(error: &serde_json::Error, body: &[u8]) -> EnvelopeError {
    match error.classify() {
        Category::Data => with_id(EnvelopeError::invalid(error.to_string()), body),
        Category::Syntax | Category::Eof | Category::Io => EnvelopeError::Syntax(error.to_string()),
    }
}

/// Adds the id to an error, if one can be read: only failing requests pay for this second scan.
fn with_id(error: EnvelopeError, body: &[u8]) -> EnvelopeError {
    #[derive(Deserialize)]
    struct OnlyId<'a> {
        #[serde(borrow)]
        id: Option<&'a RawValue>,
    }
    match error {
        EnvelopeError::Invalid { reason, id: None } => {
            let id = serde_json::from_slice::<OnlyId<'_>>(body).ok().and_then(|only| only.id);
            EnvelopeError::Invalid { reason, id: id.and_then(Id::new).map(Id::to_owned) }
        }
        other => other,
    }
}

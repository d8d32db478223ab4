//! A response as messages: one, or a stream of them.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, header::CONTENT_TYPE};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use puente_sources::outbound::{ReadError, read_body};

use super::sse::{Decoder, Event};
use crate::error::LinkError;

/// What a message may be larger than its result: the envelope, and escapes.
const ENVELOPE: usize = 64 * 1024;

/// Whether the response is a stream.
pub(crate) fn is_stream(headers: &HeaderMap) -> bool {
    has_type(headers, "text/event-stream")
}

/// Whether the response is JSON.
pub(super) fn is_json(headers: &HeaderMap) -> bool {
    has_type(headers, "application/json")
}

fn has_type(headers: &HeaderMap, wanted: &str) -> bool {
    text(headers, &CONTENT_TYPE).is_some_and(|text| {
        let kind = text.split(';').next().unwrap_or_default();
        kind.trim().eq_ignore_ascii_case(wanted)
    })
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// Reads a whole body.
pub(super) async fn whole(body: Incoming, max_bytes: usize) -> Result<Bytes, LinkError> {
    read_body(body, max_bytes.saturating_add(ENVELOPE)).await.map_err(|error| match error {
        ReadError::TooLarge { .. } => LinkError::TooLarge(max_bytes),
        broken @ ReadError::Broken(_) => LinkError::Closed(Some(broken.into())),
    })
}

/// A stream of events.
pub(crate) struct Stream {
    body: Incoming,
    pub(super) decoder: Decoder,
    max_bytes: usize,
}

impl Stream {
    pub(crate) fn new(body: Incoming, max_bytes: usize) -> Self {
        Self { body, decoder: Decoder::default(), max_bytes }
    }

    /// Goes on with another body where the first one broke.
    pub(super) fn resume(&mut self, body: Incoming) {
        self.decoder = Decoder::after(self.decoder.last_id.take(), self.decoder.retry);
        self.body = body;
    }

    /// The next event with data; `None` at the end of the stream.
    pub(crate) async fn next(&mut self) -> Result<Option<Event>, LinkError> {
        loop {
            if let Some(event) = self.decoder.next() {
                if event.data.is_empty() {
                    continue;
                }
                return Ok(Some(event));
            }
            if self.decoder.held() > self.max_bytes.saturating_add(ENVELOPE) {
                return Err(LinkError::TooLarge(self.max_bytes));
            }
            match self.body.frame().await {
                None | Some(Err(_)) => return Ok(None),
                Some(Ok(frame)) => {
                    if let Some(data) = frame.data_ref() {
                        self.decoder.push(data);
                    }
                }
            }
        }
    }
}

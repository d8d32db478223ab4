//! Response streams as server-sent events.

use std::time::Duration;

use axum::{body::Body, response::Response};
use bytes::{Bytes, BytesMut};
use futures::stream;
use http::{HeaderValue, header};
use tokio::time::{Interval, MissedTickBehavior, interval_at};
use tokio_util::task::AbortOnDropHandle;

use super::stream::Reader;

/// How a stream is written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Style {
    /// How often an idle stream says that it is alive.
    pub(super) keep_alive: Duration,
    /// Event ids and `retry`, for clients that may come back (legacy).
    pub(super) resumable: Option<Resumable>,
}

/// How a resumable stream begins.
#[derive(Clone, Copy, Debug)]
pub(super) struct Resumable {
    /// What the client is told to wait before it reconnects.
    pub(super) retry: Duration,
    /// Whether it understands an event without data, which gives it an id to come back with (2025-11-25).
    pub(super) prime: bool,
}

/// The response that streams what `reader` reads; `writer` is aborted when the client goes.
///
/// The writer is a task of its own: a client that does not read must not hold up a call and what it holds.
pub(super) fn response(reader: Reader, writer: Option<AbortOnDropHandle<()>>, style: Style) -> Response {
    let mut ticks = interval_at(tokio::time::Instant::now() + style.keep_alive, style.keep_alive);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let start = style.resumable.map(|resumable| opening(&reader, resumable));
    let body = Streaming { start, reader, ticks, ids: style.resumable.is_some(), _writer: writer };
    let events = stream::unfold(body, |mut body| async move {
        let chunk = body.chunk().await?;
        Some((Ok::<_, std::convert::Infallible>(chunk), body))
    });
    let mut response = Response::new(Body::from_stream(events));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache, no-transform"));
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

fn opening(reader: &Reader, resumable: Resumable) -> Bytes {
    let retry = format!("retry: {}\n", resumable.retry.as_millis());
    if !resumable.prime {
        return format!("{retry}\n").into();
    }
    format!("id: {}\n{retry}data: \n\n", event_id(reader.stream.id, reader.position())).into()
}

struct Streaming {
    start: Option<Bytes>,
    reader: Reader,
    ticks: Interval,
    ids: bool,
    _writer: Option<AbortOnDropHandle<()>>,
}

impl Streaming {
    async fn chunk(&mut self) -> Option<Bytes> {
        if let Some(start) = self.start.take() {
            return Some(start);
        }
        tokio::select! {
            biased;
            event = self.reader.next() => {
                let (number, message) = event?;
                self.ticks.reset();
                Some(self.event(number, &message))
            }
            _ = self.ticks.tick() => Some(Bytes::from_static(b": keep-alive\n\n")),
        }
    }

    fn event(&self, number: u64, message: &[u8]) -> Bytes {
        let mut event = BytesMut::with_capacity(message.len() + 64);
        if self.ids {
            event.extend_from_slice(format!("id: {}\n", event_id(self.reader.stream.id, number)).as_bytes());
        }
        event.extend_from_slice(b"event: message\ndata: ");
        event.extend_from_slice(message);
        event.extend_from_slice(b"\n\n");
        event.freeze()
    }
}

fn event_id(stream: u64, number: u64) -> String {
    format!("{stream:x}-{number}")
}

/// The stream and the event of a `Last-Event-ID`; `None` if it is not ours.
pub(super) fn parse_event_id(text: &str) -> Option<(u64, u64)> {
    let (stream, number) = text.split_once('-')?;
    Some((u64::from_str_radix(stream, 16).ok()?, number.parse().ok()?))
}

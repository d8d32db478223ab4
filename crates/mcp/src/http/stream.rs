//! The messages of one response stream, bounded, and replayable for legacy clients.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use bytes::Bytes;
use tokio::sync::Notify;

use crate::{outlet::Outlet, sync::lock};

/// How many messages a stream keeps for a reader that is slow or away.
const MAX_EVENTS: usize = 1024;
/// How many bytes it keeps; the newest message is kept whatever its size.
const MAX_BYTES: usize = 4 * 1024 * 1024;
/// The bit of an id that tells a session's own stream from those of its POSTs.
const STANDALONE: u64 = 1 << 63;

/// Messages to a client, in order. Writers never wait: of a full stream the oldest message is lost.
pub(crate) struct EventStream {
    /// Names it in event ids.
    pub(super) id: u64,
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Default)]
struct State {
    /// The number of the next event; they count from 1.
    next: u64,
    events: VecDeque<Bytes>,
    bytes: usize,
    /// Whether read messages are kept, for `Last-Event-ID`.
    replay: bool,
    /// Whether the client comes back for the rest of a stream that ends early.
    polls: bool,
    phase: Phase,
    /// Grows when the present reader must go: another took over, or the stream is to be polled.
    reader: u64,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Phase {
    /// More may follow.
    #[default]
    Open,
    /// The reader is to end, and to come back for the rest (SEP-1699), even if nothing was sent yet.
    Detached,
    /// The last message was written.
    Ended,
}

impl State {
    fn first(&self) -> u64 {
        self.next - self.events.len() as u64
    }

    fn trim(&mut self) {
        while self.events.len() > 1 && (self.events.len() > MAX_EVENTS || self.bytes > MAX_BYTES) {
            self.pop();
        }
    }

    fn pop(&mut self) -> Option<Bytes> {
        let event = self.events.pop_front()?;
        self.bytes -= event.len();
        Some(event)
    }
}

impl EventStream {
    fn new(id: u64) -> Arc<Self> {
        let state = State { next: 1, ..State::default() };
        Arc::new(Self { id, state: Mutex::new(state), changed: Notify::new() })
    }

    /// What a GET of a session streams. Its id says so, in any process.
    pub(super) fn standalone() -> Arc<Self> {
        Self::new(rand::random::<u64>() | STANDALONE)
    }

    /// What a POST is answered with.
    pub(super) fn of_post() -> Arc<Self> {
        Self::new(rand::random::<u64>() & !STANDALONE)
    }

    /// Whether this is the id of the stream that a GET opens, here or in another process.
    pub(super) const fn is_standalone(id: u64) -> bool {
        id & STANDALONE != 0
    }

    /// Keeps what is sent, so that it can be read again; `polls`: the client knows streams that end early (SEP-1699).
    pub(super) fn keep(&self, polls: bool) {
        let mut state = lock(&self.state);
        (state.replay, state.polls) = (true, polls);
    }

    /// Adds a message.
    pub(super) fn push(&self, message: Vec<u8>) {
        let mut state = lock(&self.state);
        if state.phase == Phase::Ended {
            return;
        }
        state.bytes += message.len();
        state.events.push_back(single_line(message).into());
        state.next += 1;
        state.trim();
        drop(state);
        self.changed.notify_waiters();
    }

    /// Nothing follows.
    pub(super) fn end(&self) {
        lock(&self.state).phase = Phase::Ended;
        self.changed.notify_waiters();
    }

    /// Whether everything was written.
    pub(super) fn has_ended(&self) -> bool {
        lock(&self.state).phase == Phase::Ended
    }

    /// Whether there is something to read.
    pub(super) fn has_events(&self) -> bool {
        !lock(&self.state).events.is_empty()
    }

    /// Waits until there is a reason to stream: a message, or the wish to be polled.
    pub(super) async fn opened(&self) {
        self.when(|state| (state.phase == Phase::Detached || !state.events.is_empty()).then_some(())).await;
    }

    /// Reads from the event after `last` on, or all that is kept. An earlier reader ends.
    pub(super) fn read(self: &Arc<Self>, last: Option<u64>) -> Reader {
        let mut state = lock(&self.state);
        state.reader += 1;
        let next = last.map_or(0, |last| last.saturating_add(1)).max(state.first());
        let reader = Reader { stream: self.clone(), token: state.reader, next };
        drop(state);
        self.changed.notify_waiters();
        reader
    }

    /// The number of the newest event.
    pub(super) fn newest(&self) -> u64 {
        lock(&self.state).next - 1
    }

    async fn when<T>(&self, mut ready: impl FnMut(&mut State) -> Option<T>) -> T {
        loop {
            let mut changed = std::pin::pin!(self.changed.notified());
            changed.as_mut().enable();
            if let Some(value) = ready(&mut lock(&self.state)) {
                return value;
            }
            changed.await;
        }
    }
}

impl Outlet for EventStream {
    fn send(&self, message: Vec<u8>) {
        self.push(message);
    }

    fn close(&self) {
        let mut state = lock(&self.state);
        if state.polls && state.phase == Phase::Open {
            state.phase = Phase::Detached;
            drop(state);
            self.changed.notify_waiters();
        }
    }
}

/// Reads a stream.
pub(super) struct Reader {
    pub(super) stream: Arc<EventStream>,
    token: u64,
    next: u64,
}

impl Reader {
    /// The number of the event before the next one.
    pub(super) fn position(&self) -> u64 {
        self.next - 1
    }

    /// The next event with its number; `None` when this reader is done. Cancel-safe.
    pub(super) async fn next(&mut self) -> Option<(u64, Bytes)> {
        let (token, next) = (self.token, self.next);
        let found = self.stream.when(|state| take(state, token, next)).await;
        if let Some((number, _)) = &found {
            self.next = number + 1;
        }
        found
    }
}

#[expect(clippy::option_option, reason = "outer: whether to stop waiting; inner: whether there is an event")]
fn take(state: &mut State, token: u64, next: u64) -> Option<Option<(u64, Bytes)>> {
    if state.reader != token {
        return Some(None);
    }
    let number = next.max(state.first());
    if number < state.next {
        let index = usize::try_from(number - state.first()).ok()?;
        let event = if state.replay { state.events.get(index).cloned() } else { state.pop() };
        return event.map(|event| Some((number, event)));
    }
    match state.phase {
        Phase::Open => None,
        Phase::Ended => Some(None),
        Phase::Detached => {
            state.phase = Phase::Open;
            Some(None)
        }
    }
}

/// Raw JSON may have been written over several lines; SSE and stdio need one. Outside of strings a line break is a space
/// like any other, and inside of them JSON has none.
pub(crate) fn single_line(mut message: Vec<u8>) -> Vec<u8> {
    for byte in &mut message {
        if matches!(byte, b'\n' | b'\r') {
            *byte = b' ';
        }
    }
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_kept_stream_is_replayed_from_the_event_after_the_last() {
        let stream = EventStream::new(1);
        stream.keep(true);
        for text in ["a", "b", "c"] {
            stream.push(text.into());
        }
        stream.end();
        let mut first = stream.read(None);
        assert_eq!(first.next().await, Some((1, "a".into())));
        let mut again = stream.read(Some(1));
        assert_eq!(first.next().await, None, "the earlier reader ends");
        assert_eq!(again.next().await, Some((2, "b".into())));
        assert_eq!(again.next().await, Some((3, "c".into())));
        assert_eq!(again.next().await, None);
    }

    #[tokio::test]
    async fn a_full_stream_loses_its_oldest_events_and_never_its_newest() {
        let stream = EventStream::new(1);
        for number in 0..=MAX_EVENTS {
            stream.push(number.to_string().into());
        }
        let huge = vec![b'x'; MAX_BYTES + 1];
        let mut reader = stream.read(None);
        assert_eq!(reader.next().await, Some((2, "1".into())));
        stream.push(huge.clone());
        assert_eq!(reader.next().await, Some((MAX_EVENTS as u64 + 2, huge.into())));
    }

    #[tokio::test]
    async fn a_detached_stream_ends_its_reader_and_goes_on() {
        let stream = EventStream::new(1);
        stream.keep(true);
        stream.close();
        stream.opened().await;
        assert_eq!(stream.read(None).next().await, None);
        stream.push("late".into());
        assert_eq!(stream.read(Some(0)).next().await, Some((1, "late".into())));
    }
}

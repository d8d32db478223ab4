//! Server-sent events, decoded as they come.

use std::time::Duration;

/// What one event says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Event {
    /// Its kind; empty for `message`.
    pub(crate) kind: String,
    /// Its lines, joined.
    pub(crate) data: Vec<u8>,
}

/// Bytes in, events out. Holds at most one event and one line.
#[derive(Default)]
pub(crate) struct Decoder {
    buffer: Vec<u8>,
    /// Where in the buffer the first unread byte is.
    start: usize,
    /// Up to where there is no end of a line.
    scanned: usize,
    kind: String,
    data: Vec<u8>,
    has_data: bool,
    /// The id of the last event that had one: where a broken stream goes on.
    pub(crate) last_id: Option<String>,
    /// How long to wait before that.
    pub(crate) retry: Option<Duration>,
}

impl Decoder {
    /// One that goes on where another stream broke.
    pub(super) fn after(last_id: Option<String>, retry: Option<Duration>) -> Self {
        Self { last_id, retry, ..Self::default() }
    }

    /// How many bytes it holds.
    pub(crate) fn held(&self) -> usize {
        self.buffer.len() - self.start + self.data.len()
    }

    /// Takes bytes.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.buffer.drain(..self.start);
        self.scanned -= self.start;
        self.start = 0;
        self.buffer.extend_from_slice(bytes);
    }

    /// The next event, once all of it is there.
    pub(crate) fn next(&mut self) -> Option<Event> {
        while let Some(at) = self.buffer[self.scanned..].iter().position(|byte| *byte == b'\n') {
            let (from, to) = (self.start, self.scanned + at);
            (self.start, self.scanned) = (to + 1, to + 1);
            let end = if to > from && self.buffer[to - 1] == b'\r' { to - 1 } else { to };
            if end == from {
                if let Some(event) = self.dispatch() {
                    return Some(event);
                }
            } else {
                self.line(from, end);
            }
        }
        self.scanned = self.buffer.len();
        None
    }

    fn dispatch(&mut self) -> Option<Event> {
        let kind = std::mem::take(&mut self.kind);
        let data = std::mem::take(&mut self.data);
        std::mem::take(&mut self.has_data).then_some(Event { kind, data })
    }

    fn line(&mut self, from: usize, to: usize) {
        let line = &self.buffer[from..to];
        let colon = line.iter().position(|byte| *byte == b':').unwrap_or(line.len());
        let (field, value) = (&line[..colon], line.get(colon + 1..).unwrap_or_default());
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match field {
            b"data" => {
                if self.has_data {
                    self.data.push(b'\n');
                }
                self.has_data = true;
                self.data.extend_from_slice(value);
            }
            b"event" => self.kind = String::from_utf8_lossy(value).into_owned(),
            b"id" if !value.contains(&0) => self.last_id = Some(String::from_utf8_lossy(value).into_owned()),
            b"retry" => {
                let text = std::str::from_utf8(value).ok();
                self.retry = text.and_then(|text| text.parse().ok()).map(Duration::from_millis).or(self.retry);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_come_whole_however_the_bytes_are_cut() {
        let text =
            ": hello\r\n\r\nid: 7\nretry: 20\ndata:\n\nevent: endpoint\ndata: /x\n\ndata: {\"a\":\ndata: 1}\r\n\r\n";
        for size in 1..text.len() {
            let mut decoder = Decoder::default();
            let mut events = Vec::new();
            for part in text.as_bytes().chunks(size) {
                decoder.push(part);
                while let Some(event) = decoder.next() {
                    events.push((event.kind, String::from_utf8(event.data).unwrap()));
                }
            }
            let said: Vec<_> = events.iter().map(|(kind, data)| (kind.as_str(), data.as_str())).collect();
            assert_eq!(said, [("", ""), ("endpoint", "/x"), ("", "{\"a\":\n1}")], "{size}");
            assert_eq!((decoder.last_id.as_deref(), decoder.retry), (Some("7"), Some(Duration::from_millis(20))));
            assert_eq!(decoder.held(), 0);
        }
    }
}

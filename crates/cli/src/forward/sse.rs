//! Server-sent events, as far as MCP uses them (<https://html.spec.whatwg.org/multipage/server-sent-events.html>).

/// An event that is complete.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Event {
    pub(super) id: Option<String>,
    pub(super) data: String,
}

/// Takes bytes as they come, gives events as they end.
#[derive(Default)]
pub(super) struct Parser {
    buffer: Vec<u8>,
    event: Event,
    /// Where to look for the next end of a line.
    searched: usize,
}

impl Parser {
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// The next event with data.
    pub(super) fn next(&mut self) -> Option<Event> {
        while let Some(line) = self.line() {
            let line = String::from_utf8_lossy(&line).into_owned();
            if line.is_empty() {
                let event = std::mem::take(&mut self.event);
                if event.data.is_empty() {
                    continue;
                }
                return Some(event);
            }
            self.field(&line);
        }
        None
    }

    fn field(&mut self, line: &str) {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match name {
            "data" if self.event.data.is_empty() => value.clone_into(&mut self.event.data),
            "data" => {
                self.event.data.push('\n');
                self.event.data.push_str(value);
            }
            "id" => self.event.id = Some(value.to_owned()),
            _ => {}
        }
    }

    fn line(&mut self) -> Option<Vec<u8>> {
        let Some(end) = self.buffer[self.searched..].iter().position(|byte| *byte == b'\n') else {
            self.searched = self.buffer.len();
            return None;
        };
        let end = self.searched + end;
        self.searched = 0;
        let mut line: Vec<u8> = self.buffer.drain(..=end).collect();
        line.pop();
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        Some(line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_come_whole_however_the_bytes_come() {
        let stream = ": hello\n\nid: 7\nevent: message\ndata: {\"a\":\"ä\"}\n\nretry: 5\r\ndata:1\r\ndata: 2\r\n\r\nid: 8\ndata:\n\n";
        for size in [1, 2, 3, 1000] {
            let (mut parser, mut events) = (Parser::default(), Vec::new());
            for chunk in stream.as_bytes().chunks(size) {
                parser.push(chunk);
                events.extend(std::iter::from_fn(|| parser.next()));
            }
            let first = Event { id: Some("7".to_owned()), data: "{\"a\":\"ä\"}".to_owned() };
            assert_eq!(events, [first, Event { id: None, data: "1\n2".to_owned() }], "{size}");
        }
    }
}

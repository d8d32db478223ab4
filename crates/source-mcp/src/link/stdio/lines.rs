//! Reads lines of any size in bounded memory.

use tokio::io::{AsyncBufRead, AsyncBufReadExt};

/// How much of both ends of a line that is too large is kept.
const ENDS: usize = 1024;
/// A line of this many times the limit has no end.
const ENDLESS: usize = 4;

/// What was read.
pub(super) enum Line {
    /// A line without its end.
    Whole(Vec<u8>),
    /// Its first and last bytes; it was too large.
    TooLarge(Vec<u8>),
    /// Nothing more comes, or nothing that could be used.
    End,
}

/// Reads the next line, of at most `limit` bytes.
pub(super) async fn next(reader: &mut (impl AsyncBufRead + Unpin), limit: impl Fn() -> usize) -> Line {
    let mut line = Vec::new();
    let (mut tail, mut skipped) = (Vec::new(), 0);
    loop {
        let Ok(buffer) = reader.fill_buf().await else { return Line::End };
        if buffer.is_empty() {
            return Line::End;
        }
        let newline = buffer.iter().position(|byte| *byte == b'\n');
        let part = &buffer[..newline.unwrap_or(buffer.len())];
        if skipped == 0 && line.len() + part.len() <= limit() {
            line.extend_from_slice(part);
        } else {
            skipped += part.len();
            line.truncate(ENDS);
            line.shrink_to_fit();
            tail.extend_from_slice(&part[part.len().saturating_sub(ENDS)..]);
            tail.drain(..tail.len().saturating_sub(ENDS));
        }
        let consumed = part.len() + usize::from(newline.is_some());
        reader.consume(consumed);
        match (newline, skipped) {
            (Some(_), 0) => return Line::Whole(line),
            (Some(_), _) => return Line::TooLarge([line, tail].concat()),
            (None, skipped) if skipped > limit().saturating_mul(ENDLESS) => return Line::End,
            (None, _) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_line_beyond_the_limit_costs_only_its_ends() {
        let big = format!("{{\"id\":7,{}}}", "x".repeat(50_000));
        let text = format!("one\n{big}\ntwo\nrest");
        let mut reader = tokio::io::BufReader::new(text.as_bytes());
        let mut seen = Vec::new();
        loop {
            match next(&mut reader, || 20_000).await {
                Line::Whole(line) => seen.push(String::from_utf8(line).unwrap()),
                Line::TooLarge(ends) => {
                    assert!(ends.len() <= 2 * ENDS);
                    assert!(ends.starts_with(b"{\"id\":7") && ends.ends_with(b"}"));
                    seen.push("large".to_owned());
                }
                Line::End => break,
            }
        }
        assert_eq!(seen, ["one", "large", "two"]);
    }

    #[tokio::test]
    async fn a_line_without_end_is_given_up() {
        let text = "x".repeat(100_000);
        let mut reader = tokio::io::BufReader::new(text.as_bytes());
        assert!(matches!(next(&mut reader, || 1000).await, Line::End));
    }
}

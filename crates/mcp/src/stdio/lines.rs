//! Lines of bounded length.

use std::io;

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};

/// A line without its end.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    Text(Bytes),
    /// It was skipped.
    TooLong,
}

pub(super) struct Lines<R> {
    reader: BufReader<R>,
    /// What was read of the present line.
    partial: BytesMut,
    too_long: bool,
    max: usize,
}

impl<R: AsyncRead + Unpin> Lines<R> {
    pub(super) fn new(reader: R, max: usize) -> Self {
        Self { reader: BufReader::new(reader), partial: BytesMut::new(), too_long: false, max }
    }

    /// The next line that is not blank; `None` at the end. Cancel-safe.
    pub(super) async fn next(&mut self) -> io::Result<Option<Line>> {
        loop {
            let available = self.reader.fill_buf().await?;
            if available.is_empty() {
                return Ok(self.finish());
            }
            let end = available.iter().position(|byte| *byte == b'\n');
            let part = available.get(..end.unwrap_or(available.len())).unwrap_or_default();
            if self.partial.len() + part.len() > self.max {
                self.too_long = true;
                self.partial.clear();
            } else if !self.too_long {
                self.partial.extend_from_slice(part);
            }
            let read = part.len() + usize::from(end.is_some());
            self.reader.consume(read);
            if end.is_some()
                && let Some(line) = self.finish()
            {
                return Ok(Some(line));
            }
        }
    }

    fn finish(&mut self) -> Option<Line> {
        if std::mem::take(&mut self.too_long) {
            return Some(Line::TooLong);
        }
        let text = self.partial.split().freeze();
        (!text.trim_ascii().is_empty()).then_some(Line::Text(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn lines(input: &str, max: usize) -> Vec<Line> {
        let mut lines = Lines::new(input.as_bytes(), max);
        let mut all = Vec::new();
        while let Some(line) = lines.next().await.unwrap() {
            all.push(line);
        }
        all
    }

    #[tokio::test]
    async fn a_line_may_be_as_long_as_the_limit_and_no_longer() {
        let expected = vec![Line::Text("abc".into()), Line::TooLong, Line::Text("de".into())];
        assert_eq!(lines("abc\nabcd\n\n \nde", 3).await, expected);
    }

    #[tokio::test]
    async fn a_long_line_is_skipped_whole() {
        let input = format!("{}\nnext\n", "x".repeat(100_000));
        assert_eq!(lines(&input, 10).await, vec![Line::TooLong, Line::Text("next".into())]);
    }
}

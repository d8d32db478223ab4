//! Writes rows into one buffer as they arrive: no tree of values in between.

use serde_json::value::RawValue;

use super::write_str;
use crate::engine::EngineError;

/// How much a result may hold.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Further rows are cut off, and the result says so.
    pub(crate) rows: usize,
    /// A larger result is an error.
    pub(crate) bytes: usize,
}

/// A result in the making.
pub(crate) struct RowWriter {
    out: Vec<u8>,
    /// `{"first":`, `,"second":`, …
    keys: Vec<Vec<u8>>,
    rows: usize,
    truncated: bool,
    limits: Limits,
}

impl RowWriter {
    /// A result with these columns.
    pub(crate) fn new<'a>(columns: impl IntoIterator<Item = &'a str>, limits: Limits) -> Self {
        let keys = columns.into_iter().enumerate().map(|(at, name)| {
            let mut key = vec![if at == 0 { b'{' } else { b',' }];
            write_str(&mut key, name);
            key.push(b':');
            key
        });
        Self { keys: keys.collect(), out: b"{\"rows\":[".to_vec(), rows: 0, truncated: false, limits }
    }

    /// Starts a row; false if there is no more room, and the result is cut off here.
    pub(crate) fn start_row(&mut self) -> bool {
        if self.rows == self.limits.rows {
            self.truncated = true;
            return false;
        }
        if self.rows > 0 {
            self.out.push(b',');
        }
        self.rows += 1;
        true
    }

    /// Writes the key of the column at `index`, and returns where its value goes. In the order of the columns.
    pub(crate) fn value(&mut self, index: usize) -> &mut Vec<u8> {
        self.out.extend_from_slice(&self.keys[index]);
        &mut self.out
    }

    /// Ends a row.
    ///
    /// # Errors
    /// [`EngineError::TooLarge`].
    pub(crate) fn end_row(&mut self) -> Result<(), EngineError> {
        if self.keys.is_empty() {
            self.out.push(b'{');
        }
        self.out.push(b'}');
        if self.out.len() > self.limits.bytes {
            return Err(EngineError::TooLarge { limit_bytes: self.limits.bytes });
        }
        Ok(())
    }

    /// The whole result. `affected` is for statements that write.
    ///
    /// # Errors
    /// A value that an engine wrote is no JSON: a bug.
    pub(crate) fn finish(mut self, affected: Option<u64>) -> Result<Box<RawValue>, EngineError> {
        let affected = affected.map(|affected| format!(",\"affected_rows\":{affected}")).unwrap_or_default();
        let end = format!("],\"row_count\":{},\"truncated\":{}{affected}}}", self.rows, self.truncated);
        self.out.extend_from_slice(end.as_bytes());
        let text = String::from_utf8(self.out).map_err(EngineError::unreadable)?;
        RawValue::from_string(text).map_err(EngineError::unreadable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_cut_off_visibly_and_bytes_are_an_error() {
        let mut writer = RowWriter::new(["a\"b", "c"], Limits { rows: 1, bytes: 100 });
        assert!(writer.start_row());
        writer.value(0).push(b'1');
        writer.value(1).extend_from_slice(b"null");
        writer.end_row().unwrap();
        assert!(!writer.start_row());
        let result = writer.finish(None).unwrap();
        assert_eq!(result.get(), r#"{"rows":[{"a\"b":1,"c":null}],"row_count":1,"truncated":true}"#);

        let mut writer = RowWriter::new(["a"], Limits { rows: 1, bytes: 10 });
        writer.start_row();
        writer.value(0).push(b'1');
        assert!(matches!(writer.end_row(), Err(EngineError::TooLarge { limit_bytes: 10 })));
    }
}

//! The canonical form of a value, and rows of them.
//!
//! It is SQLite's model of values, into which both databases and backups are read: absent, integer, real, text, bytes.
//! PostgreSQL's richer types map onto it without loss: `boolean` is 0 or 1, `timestamptz` is microseconds since 1970,
//! `uuid` is 16 bytes. Two cells are equal if and only if their encodings are.
//!
//! Encoded: a tag byte, then nothing, 8 bytes (little-endian), or a length of 4 bytes and so many bytes.

/// One value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cell<'a> {
    /// No value.
    Null,
    /// A whole number, a boolean, or a moment in microseconds since 1970.
    Integer(i64),
    /// A floating-point number. `-0.0` is written as `0.0`, because SQLite does not keep its sign.
    Real(f64),
    /// Text, nearly always UTF-8: SQLite does not check it.
    Text(&'a [u8]),
    /// Bytes, or a UUID.
    Blob(&'a [u8]),
}

const NULL: u8 = 0;
const INTEGER: u8 = 1;
const REAL: u8 = 2;
const TEXT: u8 = 3;
const BLOB: u8 = 4;

/// Some rows of one table, one after the other in one buffer.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    bytes: Vec<u8>,
    /// Where each row ends.
    ends: Vec<usize>,
}

impl Rows {
    /// Adds a value to the row that is being written.
    ///
    /// # Panics
    /// At 4 GiB; neither database holds such a value.
    pub fn push(&mut self, cell: Cell<'_>) {
        match cell {
            Cell::Null => self.bytes.push(NULL),
            Cell::Integer(value) => {
                self.bytes.push(INTEGER);
                self.bytes.extend_from_slice(&value.to_le_bytes());
            }
            Cell::Real(value) => {
                self.bytes.push(REAL);
                self.bytes.extend_from_slice(&(value + 0.0).to_bits().to_le_bytes());
            }
            Cell::Text(text) => self.push_long(TEXT, text),
            Cell::Blob(blob) => self.push_long(BLOB, blob),
        }
    }

    fn push_long(&mut self, tag: u8, content: &[u8]) {
        let length = u32::try_from(content.len()).expect("a value is smaller than 4 GiB");
        self.bytes.push(tag);
        self.bytes.extend_from_slice(&length.to_le_bytes());
        self.bytes.extend_from_slice(content);
    }

    /// Ends the row that is being written.
    pub fn end_row(&mut self) {
        self.ends.push(self.bytes.len());
    }

    /// How many rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// How many bytes.
    #[must_use]
    pub fn size(&self) -> usize {
        self.bytes.len()
    }

    /// Forgets all rows, but keeps the memory of small ones.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
    }

    /// For a file: the number of rows, the length of each, then their bytes.
    pub(crate) fn to_file(&self) -> Vec<u8> {
        let mut file = Vec::with_capacity(self.bytes.len() + 4 * (self.len() + 1));
        let put = |number: usize, file: &mut Vec<u8>| {
            file.extend_from_slice(&u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes());
        };
        put(self.len(), &mut file);
        self.iter().for_each(|row| put(row.bytes().len(), &mut file));
        file.extend_from_slice(&self.bytes);
        file
    }

    /// The opposite; `None` where it is not so many rows of so many values.
    pub(crate) fn from_file(file: &[u8], columns: usize) -> Option<Self> {
        let (count, mut rest) = file.split_first_chunk()?;
        let mut rows = Self::default();
        let mut end = 0;
        for _ in 0..u32::from_le_bytes(*count) {
            let (length, following) = rest.split_first_chunk()?;
            end += u32::from_le_bytes(*length) as usize;
            rows.ends.push(end);
            rest = following;
        }
        if end != rest.len() {
            return None;
        }
        rows.bytes = rest.to_vec();
        let whole = |row: Row<'_>| {
            let mut cells = row.cells();
            cells.by_ref().count() == columns && cells.rest().is_empty()
        };
        let all = rows.iter().all(whole);
        all.then_some(rows)
    }

    /// Every row.
    pub fn iter(&self) -> impl Iterator<Item = Row<'_>> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, &end)| Row(&self.bytes[start..end]))
    }
}

/// One row.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a>(pub(crate) &'a [u8]);

impl<'a> Row<'a> {
    /// The row's bytes.
    #[must_use]
    pub fn bytes(self) -> &'a [u8] {
        self.0
    }

    /// Every value, in the order of the columns.
    #[must_use]
    pub fn cells(self) -> Cells<'a> {
        Cells(self.0)
    }
}

/// The values of a row. It ends early where the bytes are not a row, which only a damaged file can do.
#[derive(Clone, Debug)]
pub struct Cells<'a>(&'a [u8]);

impl<'a> Cells<'a> {
    /// What has not been read yet.
    #[must_use]
    pub fn rest(&self) -> &'a [u8] {
        self.0
    }

    fn fixed(&mut self) -> Option<[u8; 8]> {
        let (value, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*value)
    }

    fn long(&mut self) -> Option<&'a [u8]> {
        let (length, rest) = self.0.split_first_chunk()?;
        let (content, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        self.0 = rest;
        Some(content)
    }
}

impl<'a> Iterator for Cells<'a> {
    type Item = Cell<'a>;

    fn next(&mut self) -> Option<Cell<'a>> {
        let (&tag, rest) = self.0.split_first()?;
        self.0 = rest;
        match tag {
            NULL => Some(Cell::Null),
            INTEGER => self.fixed().map(|bytes| Cell::Integer(i64::from_le_bytes(bytes))),
            REAL => self.fixed().map(|bytes| Cell::Real(f64::from_bits(u64::from_le_bytes(bytes)))),
            TEXT => self.long().map(Cell::Text),
            BLOB => self.long().map(Cell::Blob),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;

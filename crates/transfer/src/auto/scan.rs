//! What the columns really hold: SQLite keeps any value in any column.

use rusqlite::{Connection, types::ValueRef};

use super::{inspect::Declared, types};
use crate::{
    postgres::encode::{self, Unfit},
    progress::Progress,
    schema::quoted,
};

/// So many rows that do not fit are remembered by name.
const NAMED: usize = 10;
/// So many rows are told to the progress at once.
const TOLD: usize = 1024;

/// What a column's declared type asks to be looked at; looking at everything takes longer than reading.
#[derive(Clone, Copy, Debug)]
struct Asked {
    text: Meaning,
    length: bool,
    digits: bool,
}

/// What text stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    Json,
    Moment,
    Itself,
}

impl Asked {
    fn by(declared: &str) -> Self {
        let upper = declared.to_ascii_uppercase();
        Self {
            text: match () {
                () if types::is_json(&upper) => Meaning::Json,
                () if types::is_moment(&upper) => Meaning::Moment,
                () => Meaning::Itself,
            },
            length: upper.contains("CHAR"),
            digits: types::is_decimal(&upper),
        }
    }
}

/// What a column holds.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) nulls: u64,
    pub(super) integers: u64,
    pub(super) smallest: i64,
    pub(super) largest: i64,
    pub(super) reals: u64,
    pub(super) texts: u64,
    pub(super) blobs: u64,
    /// The longest text, in characters.
    pub(super) longest: usize,
    /// Whether all texts are such; only where the declared type asks.
    pub(super) all_json: bool,
    pub(super) all_dates: bool,
    pub(super) all_timestamps: bool,
    /// Digits before and behind the point, at most; for `NUMERIC(p, s)`.
    pub(super) digits: (usize, usize),
    /// Text that PostgreSQL cannot hold: how many, and some of them.
    pub(super) unfit: u64,
    pub(super) named: Vec<String>,
}

impl Default for Found {
    fn default() -> Self {
        Self {
            nulls: 0,
            integers: 0,
            smallest: i64::MAX,
            largest: i64::MIN,
            reals: 0,
            texts: 0,
            blobs: 0,
            longest: 0,
            all_json: true,
            all_dates: true,
            all_timestamps: true,
            digits: (0, 0),
            unfit: 0,
            named: Vec::new(),
        }
    }
}

/// Reads every row of a table; returns how many there are, and what each column holds.
pub(super) fn scan(
    connection: &Connection,
    table: &Declared,
    progress: &Progress,
) -> rusqlite::Result<(u64, Vec<Found>)> {
    let columns: Vec<String> = table.columns.iter().map(|column| quoted(&column.name)).collect();
    let mut statement = connection.prepare(&format!("SELECT {} FROM {}", columns.join(", "), quoted(&table.name)))?;
    let mut rows = statement.query([])?;
    let mut found = vec![Found::default(); table.columns.len()];
    let key: Vec<usize> =
        (0..table.columns.len()).filter(|&i| table.primary_key.contains(&table.columns[i].name)).collect();
    let asked: Vec<Asked> = table.columns.iter().map(|column| Asked::by(&column.declared)).collect();
    let (mut count, mut untold) = (0, 0);
    while let Some(row) = rows.next()? {
        count += 1;
        untold += 1;
        if untold == TOLD {
            progress.count(&table.name, std::mem::take(&mut untold), 0);
        }
        for (index, found) in found.iter_mut().enumerate() {
            let Some(unfit) = found.add(asked[index], row.get_ref(index)?) else { continue };
            found.unfit += 1;
            if found.named.len() < NAMED {
                let column = &table.columns[index].name;
                let name = |&i: &usize| Ok(format!("{}={}", table.columns[i].name, shown(row.get_ref(i)?)));
                let name = key.iter().map(name).collect::<rusqlite::Result<Vec<_>>>()?;
                let name = if name.is_empty() { format!("number {count}") } else { name.join(", ") };
                found.named.push(format!("table {}, column {column}, row {name}: {unfit}", table.name));
            }
        }
    }
    progress.count(&table.name, untold, 0);
    Ok((count, found))
}

fn shown(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => "NULL".to_owned(),
        ValueRef::Integer(value) => value.to_string(),
        ValueRef::Real(value) => value.to_string(),
        ValueRef::Text(text) => format!("'{}'", String::from_utf8_lossy(text).escape_debug()),
        ValueRef::Blob(blob) => crate::digest::hex(&blob[..blob.len().min(16)]),
    }
}

impl Found {
    fn add(&mut self, asked: Asked, value: ValueRef<'_>) -> Option<Unfit> {
        match value {
            ValueRef::Null => self.nulls += 1,
            ValueRef::Integer(value) => {
                self.integers += 1;
                self.smallest = self.smallest.min(value);
                self.largest = self.largest.max(value);
                if asked.digits {
                    self.count_digits(&value.unsigned_abs().to_string());
                }
            }
            ValueRef::Real(value) => {
                self.reals += 1;
                if asked.digits {
                    self.count_digits(&value.abs().to_string());
                }
            }
            ValueRef::Blob(_) => self.blobs += 1,
            ValueRef::Text(text) => return self.text(asked, text),
        }
        None
    }

    fn count_digits(&mut self, text: &str) {
        let (before, behind) = text.split_once('.').unwrap_or((text, ""));
        self.digits = (self.digits.0.max(before.len()), self.digits.1.max(behind.len()));
    }

    fn text(&mut self, asked: Asked, text: &[u8]) -> Option<Unfit> {
        self.texts += 1;
        let text = match encode::text(text) {
            Ok(text) => std::str::from_utf8(text).unwrap_or_default(),
            Err(unfit) => {
                (self.all_dates, self.all_timestamps) = (false, false);
                self.all_json &= asked.text != Meaning::Json;
                return Some(unfit);
            }
        };
        if asked.length {
            self.longest = self.longest.max(text.chars().count());
        }
        if asked.text == Meaning::Json {
            let json = serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok();
            self.all_json &= json;
            if json && let Some(unfit) = types::unfit_json(text) {
                return Some(unfit);
            }
        } else if asked.text == Meaning::Moment {
            self.all_dates = self.all_dates && types::date(text).is_some();
            self.all_timestamps = self.all_timestamps && types::timestamp(text).is_some();
        }
        None
    }

    /// Values of any kind.
    pub(super) fn values(&self) -> u64 {
        self.integers + self.reals + self.texts + self.blobs
    }
}

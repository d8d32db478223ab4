//! Which rows differ. Only rows of buckets that differ are kept, and no more than so many at once: large differences
//! take several passes instead of memory.

use std::{
    collections::{HashMap, VecDeque},
    hash::{BuildHasher, RandomState},
    sync::Arc,
};

use puente_auth::Vault;

use crate::{
    batch::{Receiver, both, channel},
    digest::{Digest, bucket_of},
    error::{Error, Result},
    naming::key_of,
    rows::{Cell, Row, Rows},
    rules,
    schema::Table,
    side::Side,
};

/// So many rows of a side are kept at once.
const KEPT: u64 = 100_000;
/// So many rows of a table are named.
const NAMED: usize = 10;

/// How two tables differ.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// The table.
    pub table: String,
    /// Rows that only the first side has.
    pub missing: u64,
    /// Rows that only the second side has.
    pub added: u64,
    /// Rows that both have, with other content.
    pub changed: u64,
    /// Some of them, for people.
    pub named: Vec<String>,
}

impl Difference {
    /// How many rows.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.missing + self.added + self.changed
    }
}

/// A row as it is remembered: its key, a hash of each value, and its name.
struct Known {
    cells: Vec<u64>,
    name: String,
}

type Kept = HashMap<Vec<u8>, Known>;

/// Two sides that hold the same tables, and who opens what they have sealed.
pub(crate) struct Pair<'a> {
    pub(crate) first: (&'a mut Side, Option<&'a Arc<Vault>>),
    pub(crate) second: (&'a mut Side, Option<&'a Arc<Vault>>),
}

/// Names the differences between tables whose digests differ.
pub(crate) async fn explain(
    pair: &mut Pair<'_>,
    (first, second): (&Table, &Table),
    (a, b): (&Digest, &Digest),
) -> Result<Difference> {
    let mut found = Difference { table: first.name.clone(), ..Difference::default() };
    let hasher = RandomState::new();
    let mut waiting: VecDeque<usize> = a.differing(b).into();
    while !waiting.is_empty() {
        let mut group = Vec::new();
        let mut rows = 0;
        while let Some(&bucket) = waiting.front() {
            let more = a.buckets[bucket].rows.max(b.buckets[bucket].rows);
            if !group.is_empty() && rows + more > KEPT {
                break;
            }
            rows += more;
            group.push(bucket);
            waiting.pop_front();
        }
        let (side, vault) = &mut pair.first;
        let before = keep(side, first, &group, *vault, &hasher).await?;
        let (side, vault) = &mut pair.second;
        // The key of the first side, so that both mean the same.
        let second = Table { key: first.key.clone(), ..second.clone() };
        let after = keep(side, &second, &group, *vault, &hasher).await?;
        compare(first, &before, &after, &mut found);
    }
    Ok(found)
}

async fn keep(
    side: &mut Side,
    table: &Table,
    buckets: &[usize],
    vault: Option<&Arc<Vault>>,
    hasher: &RandomState,
) -> Result<Kept> {
    let (to, from) = channel();
    let (owned, buckets, vault, hasher) = (table.clone(), buckets.to_vec(), vault.cloned(), hasher.clone());
    let keeping = tokio::task::spawn_blocking(move || keep_all(from, &owned, &buckets, vault.as_deref(), &hasher));
    let (read, kept) = tokio::join!(side.read(std::slice::from_ref(table), to), keeping);
    both(read, kept.map_err(|_| Error::Interrupted)).map(|((), kept)| kept)
}

fn keep_all(mut from: Receiver, table: &Table, buckets: &[usize], vault: Option<&Vault>, hasher: &RandomState) -> Kept {
    let mut kept = Kept::new();
    let mut scratch = Rows::default();
    while let Some(batch) = from.blocking_recv() {
        scratch.clear();
        for row in batch.rows.iter() {
            rules::comparable(table, row, vault, &mut scratch);
        }
        for row in scratch.iter().filter(|row| buckets.contains(&bucket_of(*row, &table.key))) {
            let cells = row.cells().map(|cell| hasher.hash_one(Hashed(cell))).collect();
            kept.insert(key_bytes(table, row), Known { cells, name: key_of(table, row) });
        }
    }
    kept
}

struct Hashed<'a>(Cell<'a>);

impl std::hash::Hash for Hashed<'_> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        match self.0 {
            Cell::Null => 0_u8.hash(state),
            Cell::Integer(value) => (1_u8, value).hash(state),
            Cell::Real(value) => (2_u8, value.to_bits()).hash(state),
            Cell::Text(text) => (3_u8, text).hash(state),
            Cell::Blob(blob) => (4_u8, blob).hash(state),
        }
    }
}

fn key_bytes(table: &Table, row: Row<'_>) -> Vec<u8> {
    let mut key = Rows::default();
    row.cells().enumerate().filter(|(index, _)| table.key.contains(index)).for_each(|(_, cell)| key.push(cell));
    key.end_row();
    key.iter().next().map(|row| row.bytes().to_vec()).unwrap_or_default()
}

fn compare(table: &Table, before: &Kept, after: &Kept, found: &mut Difference) {
    let mut name = |text: String| {
        if found.named.len() < NAMED {
            found.named.push(text);
        }
    };
    let (mut missing, mut added, mut changed) = (0, 0, 0);
    for (key, old) in before {
        match after.get(key) {
            None => {
                missing += 1;
                name(format!("table {}: row {} is missing", table.name, old.name));
            }
            Some(new) if new.cells != old.cells => {
                changed += 1;
                let columns = table.columns.iter().zip(old.cells.iter().zip(&new.cells));
                let columns: Vec<&str> =
                    columns.filter(|(_, (a, b))| a != b).map(|(column, _)| &*column.name).collect();
                name(format!("table {}: row {} differs in {}", table.name, old.name, columns.join(", ")));
            }
            Some(_) => {}
        }
    }
    for (_, new) in after.iter().filter(|(key, _)| !before.contains_key(*key)) {
        added += 1;
        name(format!("table {}: row {} was not there", table.name, new.name));
    }
    found.missing += missing;
    found.added += added;
    found.changed += changed;
}

//! The content of a table in a few bytes, whatever the order of its rows.
//!
//! Each row is hashed (SHA-256 over its canonical form); the hashes are added up in buckets chosen by the row's key, and
//! the table's hash is taken over the buckets. So no side has to sort, memory does not grow with the table, and where
//! two sides differ, only the rows of differing buckets have to be looked at. It finds every accident; it is no
//! protection against somebody who forges rows to make the sums come out.

use sha2::{Digest as _, Sha256};

use crate::rows::{Cell, Row};

/// How many buckets a table has.
pub(crate) const BUCKETS: usize = 1024;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Bucket {
    pub(crate) rows: u64,
    sum: [u64; 4],
}

/// The content of one table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digest {
    /// How many rows.
    pub rows: u64,
    pub(crate) buckets: Vec<Bucket>,
}

impl Default for Digest {
    fn default() -> Self {
        Self { rows: 0, buckets: vec![Bucket::default(); BUCKETS] }
    }
}

impl Digest {
    /// Adds a row; `key` are the indices of the columns that tell rows apart.
    pub fn add(&mut self, row: Row<'_>, key: &[usize]) {
        let hash: [u8; 32] = Sha256::digest(row.bytes()).into();
        let bucket = &mut self.buckets[bucket_of(row, key)];
        bucket.rows += 1;
        for (sum, part) in bucket.sum.iter_mut().zip(hash.as_chunks::<8>().0) {
            *sum = sum.wrapping_add(u64::from_le_bytes(*part));
        }
        self.rows += 1;
    }

    /// The table's hash in hexadecimal.
    #[must_use]
    pub fn hash(&self) -> String {
        let mut hash = Sha256::new();
        for bucket in &self.buckets {
            hash.update(bucket.rows.to_le_bytes());
            bucket.sum.iter().for_each(|part| hash.update(part.to_le_bytes()));
        }
        hex(&hash.finalize())
    }

    /// The buckets in which two tables differ.
    pub(crate) fn differing(&self, other: &Self) -> Vec<usize> {
        (0..BUCKETS).filter(|&index| self.buckets[index] != other.buckets[index]).collect()
    }
}

/// In which bucket a row is: FNV-1a over its key.
pub(crate) fn bucket_of(row: Row<'_>, key: &[usize]) -> usize {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut mix = |bytes: &[u8]| {
        for &byte in bytes {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    };
    for (index, cell) in row.cells().enumerate() {
        if !key.contains(&index) {
            continue;
        }
        match cell {
            Cell::Null => mix(&[0]),
            Cell::Integer(value) => mix(&value.to_le_bytes()),
            Cell::Real(value) => mix(&value.to_bits().to_le_bytes()),
            Cell::Text(bytes) | Cell::Blob(bytes) => mix(bytes),
        }
    }
    // The low bits of FNV are its weakest.
    usize::try_from((hash ^ (hash >> 32)) % BUCKETS as u64).unwrap_or_default()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;
    use crate::rows::Rows;

    fn digest(table: &[(i64, String)]) -> Digest {
        let mut rows = Rows::default();
        for (id, text) in table {
            rows.push(Cell::Integer(*id));
            rows.push(Cell::Text(text.as_bytes()));
            rows.end_row();
        }
        let mut digest = Digest::default();
        rows.iter().for_each(|row| digest.add(row, &[0]));
        digest
    }

    proptest! {
        #[test]
        fn the_order_does_not_matter(table in vec((any::<i64>(), any::<String>()), 0..30)) {
            let mut turned = table.clone();
            turned.reverse();
            prop_assert_eq!(digest(&table), digest(&turned));
        }

        #[test]
        fn every_change_shows(mut table in vec((any::<i64>(), any::<String>()), 2..30), index in any::<prop::sample::Index>()) {
            let before = digest(&table);
            let index = index.index(table.len());
            let original = table[index].clone();
            table[index].1.push('x');
            prop_assert_ne!(before.hash(), digest(&table).hash());
            prop_assert_eq!(before.differing(&digest(&table)).len(), 1);
            table[index] = original;
            let row = table.remove(index);
            prop_assert_ne!(before.hash(), digest(&table).hash());
            table.insert(index, row);
            let other = (index + 1) % table.len();
            if table[index].1 != table[other].1 && table[index].0 != table[other].0 {
                let text = std::mem::take(&mut table[index].1);
                table[index].1 = std::mem::replace(&mut table[other].1, text);
                prop_assert_ne!(before.hash(), digest(&table).hash());
            }
        }
    }
}

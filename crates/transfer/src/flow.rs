//! Rows on their way: looked at, compared, carried over. Each flow takes memory for a few batches.

use std::{collections::BTreeMap, sync::Arc};

use puente_auth::Vault;

use crate::{
    batch::{Receiver, Sender, both, channel},
    digest::Digest,
    error::{Error, Result},
    progress::Progress,
    rows::Rows,
    rules::{self, Carriage},
    schema::Table,
    side::Side,
};

/// The content of each table, in the order of `tables`. Sealed values are compared by what is in them.
pub(crate) async fn digests(
    side: &mut Side,
    tables: &[Table],
    vault: Option<&Arc<Vault>>,
    progress: &Progress,
) -> Result<Vec<Digest>> {
    let (to, from) = channel();
    let (all, vault, progress) = (tables.to_vec(), vault.cloned(), progress.clone());
    let digesting = tokio::task::spawn_blocking(move || digest_all(from, &all, vault.as_deref(), &progress));
    let (read, digests) = tokio::join!(side.read(tables, to), digesting);
    both(read, digests.map_err(|_| Error::Interrupted)).map(|((), digests)| digests)
}

fn digest_all(mut from: Receiver, tables: &[Table], vault: Option<&Vault>, progress: &Progress) -> Vec<Digest> {
    let mut digests = vec![Digest::default(); tables.len()];
    let mut scratch = Rows::default();
    while let Some(batch) = from.blocking_recv() {
        let (table, digest) = (&tables[batch.table], &mut digests[batch.table]);
        progress.rows(table, batch.rows.len(), batch.rows.size());
        add(table, &batch.rows, vault, &mut scratch, digest);
    }
    digests
}

/// Adds rows to a table's digest, in the form in which they are compared.
pub(crate) fn add(table: &Table, rows: &Rows, vault: Option<&Vault>, scratch: &mut Rows, digest: &mut Digest) {
    if !rules::is_special(table) {
        rows.iter().for_each(|row| digest.add(row, &table.key));
        return;
    }
    scratch.clear();
    for row in rows.iter() {
        rules::comparable(table, row, vault, scratch);
    }
    scratch.iter().for_each(|row| digest.add(row, &table.key));
}

/// What is needed to carry rows from one installation to another.
#[derive(Clone)]
pub(crate) struct Luggage {
    pub(crate) from: Arc<Vault>,
    pub(crate) to: Arc<Vault>,
    pub(crate) seen: BTreeMap<String, i64>,
}

/// Carries every row over; returns the content of each table as it was read.
pub(crate) async fn carry(
    source: &mut Side,
    target: &mut Side,
    (from_tables, to_tables): (&[Table], &[Table]),
    luggage: &Luggage,
    progress: &Progress,
) -> Result<Vec<Digest>> {
    let (to, unpacked) = channel();
    let (forward, from) = channel();
    let (tables, luggage, progress) = (from_tables.to_vec(), luggage.clone(), progress.clone());
    let packing = tokio::task::spawn_blocking(move || pack(unpacked, forward, &tables, &luggage, &progress));
    let (read, packed, written) = tokio::join!(source.read(from_tables, to), packing, target.write(to_tables, from));
    let packed = packed.map_err(|_| Error::Interrupted).and_then(|packed| packed);
    let (packed, ()) = both(packed, written)?;
    both(read, Ok(packed)).map(|((), digests)| digests)
}

fn pack(
    mut from: Receiver,
    mut to: Sender,
    tables: &[Table],
    luggage: &Luggage,
    progress: &Progress,
) -> Result<Vec<Digest>> {
    let mut digests = vec![Digest::default(); tables.len()];
    let mut scratch = Rows::default();
    while let Some(batch) = from.blocking_recv() {
        let table = &tables[batch.table];
        add(table, &batch.rows, Some(&luggage.from), &mut scratch, &mut digests[batch.table]);
        progress.rows(table, batch.rows.len(), batch.rows.size());
        to.start_blocking(batch.table)?;
        if rules::is_special(table) {
            let carriage = Carriage { from: &luggage.from, to: &luggage.to, seen: &luggage.seen };
            for row in batch.rows.iter() {
                let closed = |name| Error::Refused(format!("no key that was given opens {name}"));
                rules::carry(table, row, &carriage, &mut to.rows).map_err(closed)?;
            }
        } else {
            to.rows = batch.rows;
        }
        to.flush_blocking()?;
    }
    Ok(digests)
}

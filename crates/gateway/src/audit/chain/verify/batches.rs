//! Batches against the rows that they list.

use std::collections::{BTreeMap, BTreeSet};

use puente_domain::{AuditBatchId, AuditId};
use puente_storage::{Batch, Marked, StorageError, Whereabouts};

use super::{EXTRA, FindingKind, Verifier};
use crate::audit::chain::{
    batch::Found,
    entry::{Entry, LENGTH},
};

/// How many events are read at once.
const EVENTS: usize = 1000;

impl Verifier<'_> {
    /// These batches, as many at a time as list so many events.
    pub(super) async fn batches(&mut self, batches: Vec<Batch>) -> Result<(), StorageError> {
        let mut group = Vec::new();
        let mut events = 0;
        for batch in batches {
            let count = batch.entries.len() / LENGTH;
            if events + count > EVENTS && !group.is_empty() {
                self.group(std::mem::take(&mut group)).await?;
                events = 0;
            }
            events += count;
            group.push(batch);
        }
        self.group(group).await
    }

    async fn group(&mut self, batches: Vec<Batch>) -> Result<(), StorageError> {
        let keys = self.keys;
        let batches: BTreeMap<AuditBatchId, Found<'_>> =
            batches.into_iter().map(|batch| (batch.id, Found::new(batch, keys))).collect();
        let ids: Vec<AuditBatchId> = batches.keys().copied().collect();
        let listed: usize = batches.values().map(|found| found.entries.len()).sum();
        for found in batches.values() {
            self.found.batches += 1;
            self.look_at(found);
        }
        let limit = u32::try_from(listed).unwrap_or(u32::MAX).saturating_add(EXTRA);
        let mut seen = BTreeSet::new();
        for row in self.tx.audit_chain().events_of(&ids, limit).await? {
            let Some(found) = row.mark.as_ref().and_then(|mark| batches.get(&mark.batch)) else { continue };
            self.row(found, &row);
            seen.insert((found.batch.id, row.event.id));
        }
        let unseen = |found: &Found<'_>| -> Vec<Entry> {
            found.entries.values().filter(|entry| !seen.contains(&(found.batch.id, entry.id))).cloned().collect()
        };
        let unseen: Vec<(&Found<'_>, Entry)> =
            batches.values().flat_map(|found| unseen(found).into_iter().map(move |entry| (found, entry))).collect();
        for some in unseen.chunks(EVENTS) {
            self.unseen(some).await?;
        }
        Ok(())
    }

    fn look_at(&mut self, found: &Found<'_>) {
        if found.key.is_none() {
            let text = "cannot be checked: no key in ENCRYPTION_KEY opens its key; put the one that it was made with behind \
                        the new one";
            self.find(FindingKind::Batch, &found.batch.id, text);
        } else if !found.genuine {
            let (first, last) = (found.entries.keys().next(), found.entries.keys().last());
            let range = match (first, last) {
                (Some(first), Some(last)) => format!("; it lists events from {first} to {last}"),
                _ => String::new(),
            };
            self.find(FindingKind::Batch, &found.batch.id, format!("was changed: events may be gone from it{range}"));
        }
    }

    fn row(&mut self, found: &Found<'_>, row: &Marked) {
        // Nothing is known without the key, and that was said.
        if found.key.is_none() {
            return;
        }
        let id = row.event.id;
        if found.proves(row) {
            self.found.events += 1;
            return;
        }
        let text = match (found.true_name(row), found.entries.get(&id)) {
            (Some(other), _) => format!("holds what event {other} held: they were reordered"),
            (None, Some(entry)) => format!("was changed; it was written at {}", entry.at),
            (None, None) => "was added, or is another one: its batch does not list it".to_owned(),
        };
        self.find(FindingKind::Event, &id, text);
    }

    /// Events that are listed, but whose rows name another batch: they were changed on purpose, and are listed again later.
    async fn unseen(&mut self, entries: &[(&Found<'_>, Entry)]) -> Result<(), StorageError> {
        let ids: Vec<AuditId> = entries.iter().map(|(_, entry)| entry.id).collect();
        let found = self.tx.audit_chain().whereabouts(&ids).await?;
        let found: BTreeMap<AuditId, Whereabouts> = found.into_iter().map(|row| (row.event, row)).collect();
        for (batch, entry) in entries {
            match found.get(&entry.id) {
                None if self.pruned_before().is_some_and(|before| entry.at < before) => {}
                None => self.find(FindingKind::Event, &entry.id, format!("missing; it was written at {}", entry.at)),
                Some(row) if row.batch.is_none() => {
                    self.find(FindingKind::Event, &entry.id, "was taken out of its batch, with what proves it");
                }
                Some(row) if is_later(row, &batch.batch) => {}
                Some(_) => self.find(FindingKind::Event, &entry.id, "was put back to what it was before"),
            }
        }
        Ok(())
    }
}

/// Whether a row names a batch that comes later in the chain, or this one.
fn is_later(row: &Whereabouts, batch: &Batch) -> bool {
    let place = |seal: Option<i64>| seal.unwrap_or(i64::MAX);
    row.batch.is_some_and(|id| id == batch.id || (place(row.seal), id) > (place(batch.seal), batch.id))
}

//! The list of events that were written together.

use std::collections::BTreeMap;

use puente_auth::MacKey;
use puente_domain::{AuditBatchId, AuditId, Timestamp};
use puente_storage::{Batch, Marked};

use super::{
    entry::Entry,
    keys::{Key, Keyring},
};

/// A list in the making. Of an event that is put in twice the last counts.
#[derive(Default)]
pub(super) struct List(BTreeMap<AuditId, Entry>);

impl List {
    pub(super) fn put(&mut self, key: &Key, marked: &Marked) {
        self.0.insert(marked.event.id, Entry::of(&key.mac, marked));
    }

    /// The batch; `None` if there is nothing in it.
    pub(super) fn end(self, id: AuditBatchId, key: &Key) -> Option<Batch> {
        let newest = self.0.values().map(|entry| entry.at).max()?;
        let mut entries = Vec::new();
        for entry in self.0.values() {
            entry.write(&mut entries);
        }
        let mac = mac(&key.mac, id, &entries).to_vec();
        Some(Batch { id, key: key.id, entries, newest, mac, seal: None })
    }
}

/// A batch as it was found.
pub(super) struct Found<'a> {
    pub(super) batch: Batch,
    /// Its key; `None` if that cannot be opened.
    pub(super) key: Option<&'a MacKey>,
    /// Whether it is as it was written.
    pub(super) genuine: bool,
    pub(super) entries: BTreeMap<AuditId, Entry>,
}

impl<'a> Found<'a> {
    pub(super) fn new(batch: Batch, keys: &'a Keyring) -> Self {
        let key = keys.get(batch.key);
        let entries: BTreeMap<_, _> = Entry::read_all(&batch.entries).map(|entry| (entry.id, entry)).collect();
        let newest = entries.values().map(|entry| entry.at).max();
        let genuine =
            newest == Some(batch.newest) && key.is_some_and(|key| mac(key, batch.id, &batch.entries)[..] == batch.mac);
        Self { batch, key, genuine, entries }
    }

    /// Whether a row is what was listed here.
    pub(super) fn proves(&self, row: &Marked) -> bool {
        let (Some(key), Some(entry)) = (self.key, self.entries.get(&row.event.id)) else { return false };
        entry.proves(key, row)
    }

    /// The event whose place a row has taken: its content is that of another one in the list.
    pub(super) fn true_name(&self, row: &Marked) -> Option<AuditId> {
        let key = self.key?;
        let as_id = |id: AuditId| {
            let mut row = row.clone();
            row.event.id = id;
            row
        };
        let at = |entry: &&Entry| entry.at == row.event.at && entry.id != row.event.id;
        self.entries.values().filter(at).find(|entry| entry.proves(key, &as_id(entry.id))).map(|entry| entry.id)
    }
}

/// The newest time is in the entries.
fn mac(key: &MacKey, id: AuditBatchId, entries: &[u8]) -> [u8; 32] {
    key.begin("audit/batch").with(id.0.as_bytes()).with(entries).end()
}

/// The newest time of events, for a list that is never empty.
pub(super) fn newest(times: impl Iterator<Item = Timestamp>) -> Timestamp {
    times.max().unwrap_or(Timestamp::from_micros(0))
}

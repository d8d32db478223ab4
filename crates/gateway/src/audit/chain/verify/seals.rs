//! The chain, link by link.

use std::collections::BTreeMap;

use puente_domain::AuditBatchId;
use puente_storage::{Batch, Seal, StorageError};

use super::{Anchor, FindingKind, Verifier};
use crate::audit::chain::{
    head::NOTHING,
    seal::{Link, is_genuine},
};

/// How many seals are read at once, of up to 52 kB each.
const SEALS: u32 = 64;
/// How many batches are read at once, of up to 56 kB each.
const BATCHES: u32 = 128;

impl Verifier<'_> {
    /// Every seal and what it lists, from the first that retention has left to the head.
    pub(super) async fn seals(&mut self) -> Result<(), StorageError> {
        let first = self.head.as_ref().map(|head| (head.pruned_number, head.pruned_hash.clone()));
        let (mut number, mut hash) = first.unwrap_or((0, NOTHING.to_vec()));
        self.compare_known(number, &hash);
        let pruned = number;
        loop {
            let seals = self.tx.audit_chain().seals(number, SEALS).await?;
            if seals.is_empty() {
                break;
            }
            for seal in seals {
                self.link(&seal, number, &hash);
                self.list(&seal).await?;
                (number, hash) = (seal.number, seal.hash);
                self.compare_known(number, &hash);
            }
        }
        for id in self.tx.audit_chain().batches_outside(pruned, number, super::EXTRA).await? {
            self.find(FindingKind::Batch, &id, "names a seal that does not exist");
        }
        self.end(pruned, number, &hash);
        Ok(())
    }

    fn link(&mut self, seal: &Seal, before: i64, hash: &[u8]) {
        self.found.seals += 1;
        if seal.number != before + 1 {
            self.gap(before + 1, seal.number - 1);
        } else if seal.previous != hash {
            self.find(FindingKind::Seal, &seal.number, format!("does not follow on seal {before}"));
        }
        match is_genuine(seal, self.keys) {
            Some(true) => {}
            Some(false) => {
                let made = seal.at;
                self.find(FindingKind::Seal, &seal.number, format!("was changed, or moved; it says it was made at {made}"));
            }
            None => self.find(
                FindingKind::Seal,
                &seal.number,
                "cannot be checked: no key in ENCRYPTION_KEY opens its key; put the one that it was made with behind the new one",
            ),
        }
    }

    fn gap(&mut self, from: i64, to: i64) {
        let what = if from == to { from.to_string() } else { format!("{from} to {to}") };
        self.find(FindingKind::Seal, &what, "missing, with the batches and events that it listed");
    }

    /// The batches of a seal, and their events.
    async fn list(&mut self, seal: &Seal) -> Result<(), StorageError> {
        let mut links: BTreeMap<AuditBatchId, Link> =
            Link::read_all(&seal.batches).map(|link| (link.id, link)).collect();
        let mut after = None;
        loop {
            let batches = self.tx.audit_chain().batches_of(Some(seal.number), after, BATCHES).await?;
            let Some(last) = batches.last() else { break };
            after = Some(last.id);
            for batch in &batches {
                self.compare(seal, batch, links.remove(&batch.id));
            }
            self.batches(batches).await?;
        }
        let left: Vec<AuditBatchId> = links.keys().copied().collect();
        for ids in left.chunks(BATCHES as usize) {
            let moved = self.tx.audit_chain().batches(ids).await?;
            for batch in &moved {
                links.remove(&batch.id);
                self.find(FindingKind::Batch, &batch.id, format!("was taken out of seal {}", seal.number));
            }
        }
        for (id, link) in links {
            self.find(
                FindingKind::Batch,
                &id,
                format!("missing from seal {}, made at {}; it listed {} events", seal.number, seal.at, link.events),
            );
        }
        Ok(())
    }

    fn compare(&mut self, seal: &Seal, batch: &Batch, link: Option<Link>) {
        match link {
            None => self.find(FindingKind::Batch, &batch.id, format!("is not listed in seal {}", seal.number)),
            Some(link) if link.mac[..] != batch.mac => {
                self.find(FindingKind::Batch, &batch.id, "was changed since it was sealed");
            }
            Some(_) => {}
        }
    }

    /// Batches that no seal lists yet.
    pub(super) async fn waiting(&mut self) -> Result<(), StorageError> {
        let mut after = None;
        loop {
            let batches = self.tx.audit_chain().batches_of(None, after, BATCHES).await?;
            let Some(last) = batches.last() else { return Ok(()) };
            after = Some(last.id);
            self.found.waiting += batches.len() as u64;
            self.batches(batches).await?;
        }
    }

    fn end(&mut self, pruned: i64, number: i64, hash: &[u8]) {
        if let Some(head) = &self.head {
            self.found.head = Anchor::of(head);
            let (end, genuine) = (head.number, head.hash == hash);
            if end > number {
                self.gap(number.max(pruned) + 1, end);
            } else if end < number || !genuine {
                self.find(
                    FindingKind::Head,
                    &"audit_head",
                    format!("is not the end of the chain, which is seal {number}"),
                );
            }
        }
        let Some(known) = self.known.filter(|known| known.number > number || known.number < pruned) else { return };
        let text = if known.number > number {
            "is beyond the end of the chain: what it sealed is missing"
        } else {
            "was deleted by retention; give a newer one"
        };
        self.find(FindingKind::Head, &known, text);
    }

    /// The chain must lead where it led before.
    fn compare_known(&mut self, number: i64, hash: &[u8]) {
        let Some(known) = self.known.filter(|known| known.number == number) else { return };
        if known.hash[..] != *hash {
            self.find(
                FindingKind::Head,
                &known,
                format!("is not what the chain leads to: its seal {number} is another one"),
            );
        }
    }
}

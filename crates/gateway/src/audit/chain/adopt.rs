//! What an operator takes as it is: events of earlier releases, and a chain that was broken.

use puente_domain::{AuditBatchId, audit::Outcome};
use puente_storage::{Head, Marked, StorageError, Transaction};

use super::{
    Chain,
    batch::List,
    entry::mark,
    head::{NOTHING, is_genuine},
    keys::Keyring,
};
use crate::{Action, Actor, Gateway, Result};

/// How many events a transaction takes.
const PAGE: u32 = 1000;
/// The name of the act in the trail.
const ACTION: &str = "audit/seal";

/// What was taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Adopted {
    /// Events that were in no batch.
    pub events: u64,
    /// The head was not what Puente wrote, and is made anew behind what is there.
    pub head: bool,
}

impl Gateway {
    /// Seals everything that is not sealed, as it is, and records that in the trail.
    pub async fn audit_seal(&self, actor: &Actor) -> Result<Adopted> {
        self.allow(actor, Action::ManageAccess, ACTION, "").await?;
        let mut adopted = Adopted { head: self.repair_head().await?, events: 0 };
        loop {
            let mut tx = self.storage.write().await?;
            let count = self.chain.adopt(tx.as_mut()).await?;
            tx.save().await?;
            adopted.events += count;
            if count == 0 {
                break;
            }
        }
        let head = if adopted.head { ", and the head anew" } else { "" };
        self.record(actor, ACTION, "", Outcome::Ok, Some(format!("{} events{head}", adopted.events))).await;
        let mut tx = self.storage.write().await?;
        if let Some(mut head) = self.chain.lock_head(tx.as_mut()).await? {
            head.began_at = None;
            self.chain.extend(tx.as_mut(), &mut head).await?;
            self.chain.put_head(tx.as_mut(), &mut head).await?;
        }
        tx.save().await?;
        Ok(adopted)
    }

    async fn repair_head(&self) -> Result<bool> {
        let mut tx = self.storage.write().await?;
        let repaired = self.chain.repair_head(tx.as_mut()).await?;
        tx.save().await?;
        Ok(repaired)
    }
}

impl Chain {
    /// Lists events that are listed nowhere; how many.
    async fn adopt(&self, tx: &mut dyn Transaction) -> Result<u64, StorageError> {
        let key = self.key(tx).await?;
        let batch = AuditBatchId::new();
        let events = tx.audit_chain().lock_unlisted(PAGE).await?;
        let rows: Vec<Marked> = events.into_iter().map(|event| Marked { event, mark: Some(mark(batch)) }).collect();
        let mut list = List::default();
        for row in &rows {
            list.put(&key, row);
        }
        tx.audit_chain().remark(&rows).await?;
        if let Some(batch) = list.end(batch, &key) {
            tx.audit_chain().add_batch(&batch).await?;
        }
        Ok(rows.len() as u64)
    }

    /// Puts a head behind the last seal if there is none that is genuine; whether it had to.
    async fn repair_head(&self, tx: &mut dyn Transaction) -> Result<bool, StorageError> {
        let old = tx.audit_chain().lock_head().await?;
        let keys = Keyring::read(tx, &self.vault).await?;
        let last = tx.audit_chain().last_seal().await?;
        let first = tx.audit_chain().seals(0, 1).await?.pop();
        let end = last.map_or((0, NOTHING.to_vec()), |seal| (seal.number, seal.hash));
        if old.as_ref().is_some_and(|head| is_genuine(head, &keys) && (head.number, &head.hash) == (end.0, &end.1)) {
            return Ok(false);
        }
        if old.is_none() && end.0 == 0 {
            return Ok(false);
        }
        let begin = first.map_or((0, NOTHING.to_vec()), |seal| (seal.number - 1, seal.previous));
        let mut head = Head {
            key: self.key(tx).await?.id,
            began_at: None,
            pruned_before: old.and_then(|head| head.pruned_before),
            pruned_number: begin.0,
            pruned_hash: begin.1,
            number: end.0,
            hash: end.1,
            mac: Vec::new(),
        };
        tx.audit_chain().add_head(&head).await?;
        self.put_head(tx, &mut head).await?;
        Ok(true)
    }
}

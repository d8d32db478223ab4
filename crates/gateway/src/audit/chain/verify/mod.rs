//! The proof: every seal, every batch and every event is looked at once, some thousand at a time.

mod batches;
mod finding;
mod rest;
mod seals;

pub use finding::{Anchor, AnchorError, Finding, FindingKind};

use std::fmt::Display;

use puente_domain::Timestamp;
use puente_storage::{Head, StorageError, Transaction};
use serde::Serialize;

use super::{head, keys::Keyring};
use crate::{Action, Actor, Gateway, Result, policy::decide};

/// How many findings are named; the others are counted.
const NAMED: usize = 1000;
/// How many more rows than expected are looked at.
const EXTRA: u32 = 1001;

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Verification {
    /// Events that are what they were.
    pub events: u64,
    /// Batches that list them.
    pub batches: u64,
    /// Seals that list those.
    pub seals: u64,
    /// Batches that are not sealed yet: the newest, for about a second.
    pub waiting: u64,
    /// Where the chain ends. Kept elsewhere, it shows later that nothing was taken from its end.
    pub head: Option<Anchor>,
    /// Events from before this moment may have been deleted by retention.
    pub pruned_before: Option<Timestamp>,
    /// Events from before this moment may be in no batch, because the chain began then.
    pub began_at: Option<Timestamp>,
    /// How many such events there are; nothing proves them.
    pub unproven: u64,
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// How much more is wrong.
    pub more: u64,
}

impl Verification {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.findings.is_empty()
    }
}

/// A verification under way, on one snapshot of the database.
struct Verifier<'a> {
    tx: &'a mut dyn Transaction,
    keys: &'a Keyring,
    head: Option<Head>,
    /// What the caller knows of an earlier head.
    known: Option<Anchor>,
    found: Verification,
}

impl Gateway {
    /// Proves the whole trail, or names what is wrong with it. `known` is a head that an earlier proof gave: the chain must
    /// still lead there.
    pub async fn audit_verify(&self, actor: &Actor, known: Option<Anchor>) -> Result<Verification> {
        decide(&actor.principal, Action::ReadAudit)?;
        let mut tx = self.storage.read().await?;
        let keys = Keyring::read(tx.as_mut(), &self.vault).await?;
        let head = tx.audit_chain().head().await?;
        let verifier = Verifier { tx: tx.as_mut(), keys: &keys, head, known, found: Verification::default() };
        let found = verifier.run().await?;
        tx.cancel().await?;
        Ok(found)
    }
}

impl Verifier<'_> {
    async fn run(mut self) -> Result<Verification, StorageError> {
        self.look_at_head().await?;
        self.seals().await?;
        self.waiting().await?;
        self.rest().await?;
        Ok(self.found)
    }

    async fn look_at_head(&mut self) -> Result<(), StorageError> {
        let Some(head) = &self.head else {
            if self.tx.audit_chain().has_links().await? {
                self.find(FindingKind::Head, &"audit_head", "is missing: the end of the chain is not known");
            }
            return Ok(());
        };
        self.found.began_at = head.began_at;
        self.found.pruned_before = head.pruned_before;
        if !head::is_genuine(head, self.keys) {
            let text = if self.keys.get(head.key).is_none() {
                "cannot be checked: no key in ENCRYPTION_KEY opens its key"
            } else {
                "was changed: it does not say any more where the chain begins and ends"
            };
            self.find(FindingKind::Head, &"audit_head", text);
        }
        Ok(())
    }

    fn find(&mut self, kind: FindingKind, what: &dyn Display, text: impl Into<String>) {
        let finding = Finding { kind, what: what.to_string(), text: text.into() };
        if self.found.findings.len() >= NAMED {
            self.found.more += 1;
        } else if !self.found.findings.contains(&finding) {
            self.found.findings.push(finding);
        }
    }

    fn pruned_before(&self) -> Option<Timestamp> {
        self.head.as_ref()?.pruned_before
    }
}

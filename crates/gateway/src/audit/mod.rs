//! The audit trail: every call and every act of administration, refused ones too.
//!
//! - `trail`, `writer`: the queue in front of the table, and its group commits;
//! - `scope`: one call's row, from its first moment to its outcome;
//! - `clip`: rows stay small and storable, whatever callers send;
//! - `chain`: what proves that nothing was changed, and `puente audit verify`, which looks;
//! - `list`, `export`, `statistics`: reading; `recover`: what a crash left behind.

mod chain;
mod clip;
mod export;
mod list;
mod recover;
mod scope;
mod statistics;
mod trail;
mod writer;

pub use chain::{Adopted, Anchor, AnchorError, Finding, FindingKind, Verification};
pub(crate) use chain::{Chain, resealed};
pub(crate) use scope::{CALL, Scope};
pub use statistics::{COUNT_LIMIT, Statistics, TargetStatistics};
pub(crate) use trail::{Slot, Trail, Unwritable};

use puente_domain::{
    AuditId, Subject,
    audit::{AuditEvent, Outcome},
};

use crate::{Actor, Gateway};
use clip::clip;

impl Gateway {
    /// Records an act of administration, and waits until its row is on the disk.
    ///
    /// A row that cannot be written is an error in the log only, because the act is done already.
    pub(crate) async fn record(
        &self,
        actor: &Actor,
        action: &str,
        target: &str,
        outcome: Outcome,
        detail: Option<String>,
    ) {
        let event = self.event(actor, action, target, outcome, detail);
        if self.trail.commit(event).await.is_err() {
            tracing::error!(action, target, "an act of administration could not be recorded in the audit trail");
        }
    }

    /// Queues a row about something that was refused before it became a call. Refusals of nobody leave no row, so that a
    /// flood of them does not fill the disk.
    pub(crate) fn record_refusal(&self, actor: &Actor, action: &str, target: &str, detail: String) {
        self.record_refusal_on(actor, action, target, None, detail);
    }

    /// The same, of something on a virtual server.
    pub(crate) fn record_refusal_on(
        &self,
        actor: &Actor,
        action: &str,
        target: &str,
        server: Option<&str>,
        detail: String,
    ) {
        if actor.principal.subject == Subject::Anonymous {
            return;
        }
        let server = server.map(|server| clip(server, clip::NAME));
        let event = AuditEvent { server, ..self.event(actor, action, target, Outcome::Refused, Some(detail)) };
        if let Ok(slot) = self.trail.reserve() {
            slot.add(event);
        } else {
            tracing::error!(action, "a refusal could not be recorded in the audit trail");
        }
    }

    /// A row of the audit trail about something that is done.
    pub(crate) fn event(
        &self,
        actor: &Actor,
        action: &str,
        target: &str,
        outcome: Outcome,
        detail: Option<String>,
    ) -> AuditEvent {
        let detail = detail.map(|detail| clip(&detail, clip::DETAIL));
        AuditEvent { outcome, detail, ..self.blank(actor, action, target) }
    }

    /// A row about `actor`, now; an intent as it stands.
    pub(crate) fn blank(&self, actor: &Actor, action: &str, target: &str) -> AuditEvent {
        AuditEvent {
            id: AuditId::new(),
            at: self.clock.now(),
            subject: actor.principal.subject,
            principal: clip(&actor.principal.name, clip::NAME),
            action: clip(action, clip::NAME),
            target: clip(target, clip::TARGET),
            server: None,
            arguments_hash: None,
            arguments: None,
            outcome: Outcome::Unknown,
            detail: None,
            duration_us: 0,
            source_us: 0,
            bytes: 0,
            cached: false,
            request_id: Some(clip(&actor.request_id, clip::NAME)),
            address: actor.address.map(|address| address.to_string()),
        }
    }
}

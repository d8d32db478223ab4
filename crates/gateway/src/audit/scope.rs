//! One request's row in the audit trail: opened before anything else happens, closed with the outcome. If its future is
//! dropped in between, the row says so.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use puente_domain::audit::{AuditEvent, Outcome};

use super::{
    Slot, Trail, Unwritable,
    clip::{self, clip},
};
use crate::{
    Actor, Gateway,
    catalog::CatalogTool,
    metrics::{Looked, Metrics, ToolLabels},
    traced,
};

/// The action of tool calls, which are counted as well as recorded.
pub(crate) const CALL: &str = "tools/call";

/// An open row.
pub(crate) struct Scope {
    trail: Arc<Trail>,
    metrics: Arc<Metrics>,
    /// What is called, once it is known to exist.
    tool: Option<ToolLabels>,
    started: Instant,
    /// Taken when the row is written.
    open: Option<(Slot, AuditEvent)>,
    /// The intent is on the disk.
    intent: bool,
    source: Duration,
}

impl Gateway {
    /// Opens a row about a request of `actor`. Refuses if it could not be written in the end.
    pub(crate) fn scope(
        &self,
        actor: &Actor,
        action: &str,
        target: &str,
        server: Option<&str>,
    ) -> Result<Scope, Unwritable> {
        let slot = self.trail.reserve()?;
        let mut event = self.blank(actor, action, target);
        event.server = server.map(|server| clip(server, clip::NAME));
        Ok(Scope {
            trail: self.trail.clone(),
            metrics: self.metrics.clone(),
            tool: None,
            started: Instant::now(),
            open: Some((slot, event)),
            intent: false,
            source: Duration::ZERO,
        })
    }
}

impl Scope {
    /// Changes the row while it is open.
    pub(crate) fn note(&mut self, change: impl FnOnce(&mut AuditEvent)) {
        if let Some((_, event)) = &mut self.open {
            change(event);
        }
    }

    /// The row is about a call of this tool.
    pub(crate) fn calls(&mut self, tool: &Arc<CatalogTool>) {
        self.counts_as(tool.labels.clone());
        self.note(|event| event.target = tool.address.to_string());
    }

    /// The call is counted as one of this tool.
    pub(crate) fn counts_as(&mut self, tool: ToolLabels) {
        self.tool = Some(tool);
    }

    /// Notes how the cache answered.
    pub(crate) fn looked(&mut self, looked: Looked) {
        self.metrics.looked(looked);
        self.note(|event| event.cached = looked != Looked::Miss);
    }

    /// Counts time within the source.
    pub(crate) fn source_took(&mut self, time: Duration) {
        self.source += time;
    }

    /// Commits the row as an intent, before a tool that can write is called.
    pub(crate) async fn commit_intent(&mut self) -> Result<(), Unwritable> {
        let Some((_, event)) = &self.open else { return Err(Unwritable) };
        self.trail.commit(event.clone()).await?;
        self.intent = true;
        Ok(())
    }

    /// Closes the row. After an intent this returns when the outcome is on the disk, else at once.
    pub(crate) async fn close(mut self, outcome: Outcome, detail: Option<&str>) {
        let Some((slot, event)) = self.open.take() else { return };
        let event = self.finish(event, outcome, detail);
        if !self.intent {
            slot.add(event);
        } else if self.trail.commit_outcome(event).await.is_err() {
            tracing::error!("the outcome of a call could not be recorded yet; its intent stays in the audit trail");
        }
    }

    fn finish(&self, mut event: AuditEvent, outcome: Outcome, detail: Option<&str>) -> AuditEvent {
        traced::ended(outcome);
        event.outcome = outcome;
        event.detail = detail.map(|detail| clip(detail, clip::DETAIL));
        let took = self.started.elapsed();
        if event.action == CALL {
            self.metrics.calls.count(self.tool.as_ref(), outcome, took);
        }
        event.duration_us = micros(took);
        event.source_us = micros(self.source);
        event
    }
}

impl Drop for Scope {
    fn drop(&mut self) {
        let Some((slot, event)) = self.open.take() else { return };
        if self.intent {
            let detail = "the caller went away while the tool ran; whether it changed something is not known";
            let event = self.finish(event, Outcome::Unknown, Some(detail));
            slot.complete(event);
        } else {
            let event = self.finish(event, Outcome::Cancelled, Some("the caller went away"));
            slot.add(event);
        }
    }
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

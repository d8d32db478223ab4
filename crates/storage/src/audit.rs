//! The audit trail.

use async_trait::async_trait;
use puente_domain::{
    AuditId, Subject, Timestamp,
    audit::{AuditEvent, Outcome},
};

use crate::{Marked, Page, Result, Slice};

/// Which events. All conditions must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Of this caller.
    pub subject: Option<Subject>,
    /// A part of the caller's name, whatever the case.
    pub principal: Option<String>,
    /// This action.
    pub action: Option<String>,
    /// This target, or all that start with it if it ends with `*`.
    pub target: Option<String>,
    /// On this virtual server.
    pub server: Option<String>,
    /// With this outcome.
    pub outcome: Option<Outcome>,
    /// From this moment on.
    pub since: Option<Timestamp>,
    /// Before this moment.
    pub until: Option<Timestamp>,
}

/// Audit events. An intent is an event with [`Outcome::Unknown`] that a later [`AuditRepository::complete`] explains.
#[async_trait]
pub trait AuditRepository: Send {
    /// Adds events in one go. One that is there already stays as it is: after a commit whose answer was lost, its events
    /// are added again. Returns those that were not there.
    async fn add(&mut self, events: &[Marked]) -> Result<Vec<AuditId>>;
    /// Replaces an intent by its outcome; false if there is no intent of that id.
    async fn complete(&mut self, event: &Marked) -> Result<bool>;
    /// By id.
    async fn get(&mut self, id: AuditId) -> Result<Option<AuditEvent>>;
    /// Newest first, by [`AuditEvent::at`] and id; [`Page::after`] is the id of the last one seen. A page after an event
    /// that was pruned since is empty.
    async fn list(&mut self, filter: &AuditFilter, page: &Page) -> Result<Slice<AuditEvent>>;
    /// Oldest first, after this moment and id; up to `limit`.
    async fn follow(
        &mut self,
        filter: &AuditFilter,
        after: Option<(Timestamp, AuditId)>,
        limit: u32,
    ) -> Result<Vec<AuditEvent>>;
    /// How many match, counted up to `at_most`.
    async fn count(&mut self, filter: &AuditFilter, at_most: u64) -> Result<u64>;
    /// Tool calls since a moment by target: (target, calls, errors and time-outs, microseconds in all), most called
    /// first.
    async fn totals(&mut self, since: Timestamp, limit: u32) -> Result<Vec<(String, u64, u64, u64)>>;
    /// Replaces the caller's name in its events by `pseudonym`, and its subject by [`Subject::Anonymous`]; how many. Their marks
    /// stay, without salt.
    async fn pseudonymise(&mut self, subject: Subject, pseudonym: &str) -> Result<u64>;
    /// Deletes events from before this moment; how many.
    async fn prune(&mut self, before: Timestamp) -> Result<u64>;
}

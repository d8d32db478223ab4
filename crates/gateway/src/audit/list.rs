//! Reading the audit trail.

use puente_domain::{AuditId, audit::AuditEvent};
use puente_storage::{AuditFilter, Page, Slice};

use crate::{Action, Actor, Error, Gateway, Result, policy::decide};

impl Gateway {
    /// Events, newest first. Who may not see everyone's sees its own.
    pub async fn audit_list(&self, actor: &Actor, mut filter: AuditFilter, page: &Page) -> Result<Slice<AuditEvent>> {
        narrow(actor, &mut filter)?;
        let mut transaction = self.storage.read().await?;
        Ok(transaction.audit().list(&filter, page).await?)
    }

    /// How many events match, counted up to `at_most`.
    pub async fn audit_count(&self, actor: &Actor, mut filter: AuditFilter, at_most: u64) -> Result<u64> {
        narrow(actor, &mut filter)?;
        let mut transaction = self.storage.read().await?;
        Ok(transaction.audit().count(&filter, at_most).await?)
    }

    /// One event.
    pub async fn audit_get(&self, actor: &Actor, id: AuditId) -> Result<AuditEvent> {
        let mut filter = AuditFilter::default();
        narrow(actor, &mut filter)?;
        let mut transaction = self.storage.read().await?;
        let event = transaction.audit().get(id).await?;
        event
            .filter(|event| filter.subject.is_none_or(|subject| subject == event.subject))
            .ok_or_else(|| Error::not_found("audit event", id.to_string()))
    }

    /// Waits until everything that happened before is in the trail.
    pub async fn audit_flush(&self) -> Result<()> {
        self.trail.flush().await.map_err(|error| Error::Conflict(error.to_string()))
    }
}

/// Narrows a filter to what the actor may see.
pub(super) fn narrow(actor: &Actor, filter: &mut AuditFilter) -> Result<()> {
    if decide(&actor.principal, Action::ReadAudit).is_ok() {
        return Ok(());
    }
    decide(&actor.principal, Action::ReadOwnAudit)?;
    filter.subject = Some(actor.principal.subject);
    Ok(())
}

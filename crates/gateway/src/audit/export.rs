//! The trail from its beginning, for those who keep it elsewhere.

use puente_domain::audit::AuditEvent;
use puente_storage::AuditFilter;

use super::list::narrow;
use crate::{Actor, Gateway, Result};

/// How many events are read at once.
const PAGE: u32 = 1000;

impl Gateway {
    /// The next events after `last`, oldest first; none at the end. Who may not see everyone's sees its own.
    pub async fn audit_export(
        &self,
        actor: &Actor,
        filter: &AuditFilter,
        last: Option<&AuditEvent>,
    ) -> Result<Vec<AuditEvent>> {
        let mut filter = filter.clone();
        narrow(actor, &mut filter)?;
        let mut transaction = self.storage.read().await?;
        Ok(transaction.audit().follow(&filter, last.map(|event| (event.at, event.id)), PAGE).await?)
    }
}

//! What a crash left behind: intents without an outcome.

use puente_domain::audit::{AuditEvent, Outcome};
use puente_storage::{AuditFilter, Page};

use crate::{Gateway, Result};

const DETAIL: &str = "no outcome was written: Puente ended in the middle of the call, or another replica still runs it; \
                      whether it changed something is not known";
const PAGE: u32 = 500;

impl Gateway {
    /// Explains intents of a process that ended. They stay [`Outcome::Unknown`], and those that another replica is about
    /// still get their outcome.
    pub(crate) async fn explain_intents(&self) -> Result<()> {
        let filter = AuditFilter { outcome: Some(Outcome::Unknown), ..AuditFilter::default() };
        let mut page = Page { after: None, limit: PAGE };
        loop {
            let slice = self.storage.read().await?.audit().list(&filter, &page).await?;
            for intent in slice.items.into_iter().filter(|event| event.detail.is_none()) {
                self.explain(intent).await?;
            }
            page.after = slice.next;
            if page.after.is_none() {
                return Ok(());
            }
        }
    }

    /// Holds one row at a time: with more, this and a replica that writes outcomes in another order could wait for each
    /// other.
    async fn explain(&self, intent: AuditEvent) -> Result<()> {
        let mut transaction = self.storage.write().await?;
        if self.chain.explain(transaction.as_mut(), intent.id, DETAIL).await? {
            let AuditEvent { id, target, .. } = &intent;
            tracing::warn!(%id, target, "a call has no outcome yet: its process has ended, or still runs it");
        }
        transaction.save().await?;
        Ok(())
    }
}

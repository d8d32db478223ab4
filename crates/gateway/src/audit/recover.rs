//! What a crash left behind: intents without an outcome.

use puente_domain::audit::{AuditEvent, Outcome};
use puente_storage::{AuditFilter, Page};

use crate::{Gateway, Result};

const DETAIL: &str = "Puente ended before the outcome was known; whether the call changed something is not known";
const PAGE: u32 = 500;

impl Gateway {
    /// Explains intents of a process that ended. They stay [`Outcome::Unknown`].
    pub(crate) async fn explain_intents(&self) -> Result<()> {
        let filter = AuditFilter { outcome: Some(Outcome::Unknown), ..AuditFilter::default() };
        let mut page = Page { after: None, limit: PAGE };
        loop {
            let mut transaction = self.storage.write().await?;
            let slice = transaction.audit().list(&filter, &page).await?;
            for intent in slice.items.into_iter().filter(|event| event.detail.is_none()) {
                tracing::warn!(id = %intent.id, target = intent.target, "the outcome of a call is not known");
                let explained = AuditEvent { detail: Some(DETAIL.to_owned()), ..intent };
                transaction.audit().complete(&explained).await?;
            }
            transaction.save().await?;
            page.after = slice.next;
            if page.after.is_none() {
                return Ok(());
            }
        }
    }
}

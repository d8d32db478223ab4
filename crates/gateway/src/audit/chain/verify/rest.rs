//! Events that no batch lists.

use puente_storage::StorageError;

use super::{EXTRA, FindingKind, Verifier};

impl Verifier<'_> {
    pub(super) async fn rest(&mut self) -> Result<(), StorageError> {
        for id in self.tx.audit_chain().stray(EXTRA).await? {
            self.find(FindingKind::Event, &id, "was added, or is another one: its batch does not exist");
        }
        let began_at = self.found.began_at;
        // A trail that was never sealed has nothing to compare with.
        let Some(_) = &self.head else {
            self.found.unproven =
                self.tx.audit_chain().unlisted_before(puente_domain::Timestamp::from_micros(i64::MAX)).await?;
            return Ok(());
        };
        for event in self.tx.audit_chain().unlisted(began_at, EXTRA).await? {
            let text = format!(
                "is in no batch: it was added, its proof was taken away, or an earlier release wrote it beside this one at {}; \
                 `puente audit seal` takes such events as they are",
                event.at
            );
            self.find(FindingKind::Event, &event.id, text);
        }
        if let Some(began_at) = began_at {
            self.found.unproven = self.tx.audit_chain().unlisted_before(began_at).await?;
        }
        Ok(())
    }
}

//! The beginning of the chain goes with its events; what is left of it is the hash that the rest builds on.

use puente_domain::Timestamp;
use puente_storage::{StorageError, Transaction};

use super::Chain;

impl Chain {
    /// Deletes the seals whose events are all from before this moment, and notes that such events may be gone. Comes before
    /// their deletion, in its transaction.
    pub(crate) async fn prune(&self, tx: &mut dyn Transaction, before: Timestamp) -> Result<(), StorageError> {
        let Some(mut head) = self.lock_head(tx).await? else { return Ok(()) };
        head.pruned_before = head.pruned_before.max(Some(before));
        // The last seal stays, so that the chain has an end.
        let keep = tx.audit_chain().first_seal_since(before).await?.unwrap_or(head.number);
        if keep - 1 > head.pruned_number
            && let Some(last) = tx.audit_chain().seals(keep - 2, 1).await?.pop().filter(|seal| seal.number == keep - 1)
        {
            (head.pruned_number, head.pruned_hash) = (last.number, last.hash);
            tx.audit_chain().prune_seals(head.pruned_number).await?;
        }
        self.put_head(tx, &mut head).await
    }
}

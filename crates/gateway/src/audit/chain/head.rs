//! Where the chain begins and ends.

use std::sync::atomic::Ordering;

use puente_auth::MacKey;
use puente_storage::{Head, StorageError, Transaction};

use super::{
    Chain,
    keys::{Key, Keyring},
};

/// What stands where no seal was yet.
pub(super) const NOTHING: [u8; 32] = [0; 32];

/// Signs a head.
pub(super) fn sign(head: &mut Head, key: &Key) {
    head.key = key.id;
    head.mac = mac(&key.mac, head).to_vec();
}

/// Whether Puente has signed it.
pub(super) fn is_genuine(head: &Head, keys: &Keyring) -> bool {
    keys.get(head.key).is_some_and(|key| mac(key, head)[..] == head.mac)
}

fn mac(key: &MacKey, head: &Head) -> [u8; 32] {
    let moment = |moment: Option<puente_domain::Timestamp>| moment.map(|moment| moment.as_micros().to_be_bytes());
    key.begin("audit/head")
        .with_optional(moment(head.began_at).as_ref().map(|bytes| &bytes[..]))
        .with_optional(moment(head.pruned_before).as_ref().map(|bytes| &bytes[..]))
        .with_number(head.pruned_number)
        .with(&head.pruned_hash)
        .with_number(head.number)
        .with(&head.hash)
        .end()
}

impl Chain {
    /// The head, which others wait for until the transaction ends; made if the trail is new. `None` if it is not what Puente
    /// wrote: then nothing is sealed any more, so that nothing covers up what happened.
    pub(super) async fn lock_head(&self, tx: &mut dyn Transaction) -> Result<Option<Head>, StorageError> {
        loop {
            if let Some(head) = tx.audit_chain().lock_head().await? {
                let genuine = is_genuine(&head, &Keyring::read(tx, &self.vault).await?);
                return Ok(self.told(genuine).then_some(head));
            }
            if tx.audit_chain().has_links().await? {
                self.told(false);
                return Ok(None);
            }
            let head = self.new_head(tx).await?;
            if tx.audit_chain().add_head(&head).await? {
                return Ok(Some(head));
            }
        }
    }

    /// The head of a chain without a seal. Events that are there and listed nowhere are older than the chain.
    async fn new_head(&self, tx: &mut dyn Transaction) -> Result<Head, StorageError> {
        let key = self.key(tx).await?;
        let older = !tx.audit_chain().unlisted(None, 1).await?.is_empty();
        let mut head = Head {
            key: key.id,
            began_at: older.then(|| self.clock.now()),
            pruned_before: None,
            pruned_number: 0,
            pruned_hash: NOTHING.to_vec(),
            number: 0,
            hash: NOTHING.to_vec(),
            mac: Vec::new(),
        };
        sign(&mut head, &key);
        Ok(head)
    }

    /// Signs and writes a head that has changed.
    pub(super) async fn put_head(&self, tx: &mut dyn Transaction, head: &mut Head) -> Result<(), StorageError> {
        let key = self.key(tx).await?;
        sign(head, &key);
        tx.audit_chain().put_head(head).await
    }

    /// Tells the log once if the head is not genuine; passes on whether it is.
    fn told(&self, genuine: bool) -> bool {
        if !self.told.swap(!genuine, Ordering::Relaxed) && !genuine {
            tracing::error!(
                "the head of the audit trail is not what Puente wrote: nothing is sealed until `puente audit verify` was \
                 looked at, and `puente audit seal` takes the trail as it is"
            );
        }
        genuine
    }
}

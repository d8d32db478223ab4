//! What all edits have in common.

use std::ops::{Deref, DerefMut};

use puente_domain::{Subject, audit::Outcome};
use puente_storage::{Transaction, Versioned};

use crate::{Action, Actor, Error, Gateway, Result, policy};

/// A transaction that ends with a row in the audit trail. Dropped without [`Edit::save`], it leaves no trace.
pub(crate) struct Edit<'a> {
    gateway: &'a Gateway,
    actor: &'a Actor,
    what: Versioned,
    transaction: Box<dyn Transaction>,
}

impl Gateway {
    /// Asks the policy whether `actor` may do this, and records a refusal under `name`.
    pub(crate) async fn allow(&self, actor: &Actor, action: Action<'_>, name: &str, target: &str) -> Result<()> {
        let Err(refusal) = policy::decide(&actor.principal, action) else { return Ok(()) };
        // Anyone can be anonymous: such refusals would fill the trail for nothing.
        if actor.principal.subject != Subject::Anonymous {
            self.record(actor, name, target, Outcome::Refused, Some(refusal.to_string())).await;
        }
        Err(refusal.into())
    }

    /// Begins an edit that is allowed. Counting the version up comes first: the row of the version is what makes edits
    /// of the same kind wait for each other on PostgreSQL, too.
    pub(crate) async fn edit<'a>(&'a self, actor: &'a Actor, what: Versioned) -> Result<Edit<'a>> {
        let mut transaction = self.storage.write().await?;
        transaction.versions().bump(what).await?;
        Ok(Edit { gateway: self, actor, what, transaction })
    }
}

impl Edit<'_> {
    /// Records the edit as `action` on `target`, commits it, and has it taken up.
    pub(crate) async fn save(mut self, action: &str, target: &str, detail: Option<String>) -> Result<()> {
        let event = self.gateway.event(self.actor, action, target, Outcome::Ok, detail);
        self.gateway.chain.add(self.transaction.as_mut(), &[event]).await?;
        self.transaction.save().await?;
        self.gateway.identity.forget();
        self.gateway.changed(self.what).await;
        Ok(())
    }
}

impl Deref for Edit<'_> {
    type Target = dyn Transaction;

    fn deref(&self) -> &Self::Target {
        self.transaction.as_ref()
    }
}

impl DerefMut for Edit<'_> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        self.transaction.as_mut()
    }
}

/// Refuses an edit of something that is not at the version its editor saw; without a version, anything goes.
pub(crate) fn at_version(seen: Option<i64>, now: i64, kind: &'static str) -> Result<()> {
    if seen.is_some_and(|seen| seen != now) { Err(Error::Stale(kind)) } else { Ok(()) }
}

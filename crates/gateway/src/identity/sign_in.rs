//! E-mail and password for a pair of tokens.

use puente_auth::sha256;
use puente_domain::{FamilyId, Timestamp, audit::Outcome, user::User};
use puente_storage::Transaction;
use secrecy::SecretString;

use super::{
    throttle::{FREE_PER_ACCOUNT, Network, Pair, locked_until, wait},
    tokens::{TokenPair, acting},
};
use crate::{Actor, Error, Gateway, Result};

const ACTION: &str = "auth/token";
/// The same for every reason, so that it does not tell which accounts exist.
const WRONG: Error = Error::Unauthenticated("wrong e-mail address or password");

impl Gateway {
    /// Signs a person in. `visitor` is the anonymous caller, with the address it calls from.
    ///
    /// After [five](super::throttle::FREE_PER_PAIR) wrong passwords from a network the account is locked for it, after
    /// thirty for whatever account the network is, after [a hundred](FREE_PER_ACCOUNT) in a row the account is for every
    /// network, for 30 s at first and twice as long each time: [`Error::Limited`]. The last two do not hold where the
    /// account was signed in to lately. The password is checked first and the answer decided afterwards, under the lock
    /// of the write transaction: guesses in parallel learn no more.
    pub async fn sign_in(&self, visitor: &Actor, email: &str, password: SecretString) -> Result<TokenPair> {
        let (mut transaction, user) = self.check_password(visitor, email, password).await?;
        let pair = self.next_pair(transaction.as_mut(), user.id, FamilyId::new(), self.clock.now()).await?;
        self.welcome(visitor, transaction, &user, None).await?;
        Ok(pair)
    }

    /// The account of an e-mail address and its password, in a transaction that has not written anything yet but that
    /// the password was right.
    pub(super) async fn check_password(
        &self,
        visitor: &Actor,
        email: &str,
        password: SecretString,
    ) -> Result<(Box<dyn Transaction>, User)> {
        let email = email.trim().to_lowercase();
        let stranger = sha256(&email);
        let pair = (stranger, visitor.address.map(Network::from));
        if !self.identity.familiar.contains_key(&pair) {
            self.refuse_if_locked(self.network_lock(visitor))?;
        }
        let user = self.storage.read().await?.users().find(&email).await?;
        self.refuse_if_locked(match &user {
            Some(user) => self.account_lock(user, &pair),
            None => self.identity.strangers.locked_until(&stranger).max(self.identity.pairs.locked_until(&pair)),
        })?;

        let stored = user.as_ref().and_then(|user| user.password_hash.as_deref());
        let right = self.passwords.verify(password, stored).await.map_err(|error| {
            tracing::error!(error = &error as &dyn std::error::Error, "a password could not be checked");
            WRONG
        })?;
        let Some(user) = user else {
            self.identity.strangers.fail(stranger, self.clock.now());
            self.identity.pairs.fail(pair, self.clock.now());
            return self.wrong(visitor, "no such account").await;
        };
        self.decide_sign_in(visitor, user, right, pair).await
    }

    async fn decide_sign_in(
        &self,
        visitor: &Actor,
        checked: User,
        right: bool,
        pair: Pair,
    ) -> Result<(Box<dyn Transaction>, User)> {
        let now = self.clock.now();
        let mut transaction = self.storage.write().await?;
        let user = transaction.users().get(checked.id).await?.ok_or(WRONG)?;
        self.refuse_if_locked(self.account_lock(&user, &pair))?;
        if !right || user.password_hash != checked.password_hash {
            let failures = user.failed_logins.saturating_add(1);
            let until = locked_until(failures, FREE_PER_ACCOUNT, now);
            transaction.users().set_login_failures(user.id, failures, until).await?;
            self.identity.pairs.fail(pair, now);
            transaction.save().await?;
            let detail = wrong_password(until.max(self.identity.pairs.locked_until(&pair)), &user);
            return self.wrong_for(visitor, &user, detail).await;
        }
        if user.disabled_at.is_some() {
            transaction.cancel().await?;
            return self.wrong_for(visitor, &user, "the account is disabled".to_owned()).await;
        }
        if user.failed_logins > 0 || user.locked_until.is_some() {
            transaction.users().set_login_failures(user.id, 0, None).await?;
        }
        self.identity.familiar.insert(pair, ());
        Ok((transaction, user))
    }

    /// Until when the account is locked for whoever tries. One without failures is not: a sign-in, a new password and
    /// `puente user enable` lift every lock.
    fn account_lock(&self, user: &User, pair: &Pair) -> Option<Timestamp> {
        let everywhere = user.locked_until.filter(|_| !self.identity.familiar.contains_key(pair));
        let here = if user.failed_logins > 0 { self.identity.pairs.locked_until(pair) } else { None };
        everywhere.max(here)
    }

    /// Records a sign-in and commits it.
    pub(super) async fn welcome(
        &self,
        visitor: &Actor,
        mut transaction: Box<dyn Transaction>,
        user: &User,
        detail: Option<String>,
    ) -> Result<Actor> {
        let actor = acting(transaction.as_mut(), visitor, user).await?;
        let event = self.event(&actor, ACTION, &user.id.to_string(), Outcome::Ok, detail);
        self.chain.add(transaction.as_mut(), &[event]).await?;
        transaction.save().await?;
        Ok(actor)
    }

    fn network_lock(&self, visitor: &Actor) -> Option<Timestamp> {
        self.identity.networks.locked_until(&Network::from(visitor.address?))
    }

    fn refuse_if_locked(&self, until: Option<Timestamp>) -> Result<()> {
        match wait(until, self.clock.now()) {
            Some(retry_after_secs) => Err(Error::Limited { retry_after_secs }),
            None => Ok(()),
        }
    }

    async fn wrong_for<T>(&self, visitor: &Actor, user: &User, detail: String) -> Result<T> {
        self.count_for_network(visitor);
        self.record(visitor, ACTION, &user.id.to_string(), Outcome::Refused, Some(detail)).await;
        Err(WRONG)
    }

    /// The audit trail does not get the address that was tried: people type passwords there, too.
    async fn wrong<T>(&self, visitor: &Actor, detail: &str) -> Result<T> {
        self.count_for_network(visitor);
        self.record(visitor, ACTION, "", Outcome::Refused, Some(detail.to_owned())).await;
        Err(WRONG)
    }

    fn count_for_network(&self, visitor: &Actor) {
        if let Some(address) = visitor.address {
            self.identity.networks.fail(address.into(), self.clock.now());
        }
    }
}

/// For the audit trail.
fn wrong_password(locked: Option<Timestamp>, user: &User) -> String {
    locked.map_or_else(
        || "wrong password".to_owned(),
        |end| format!("wrong password; locked until {end} (`puente user enable {}` lifts it)", user.email),
    )
}

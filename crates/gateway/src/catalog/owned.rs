//! Secrets that serve what the operator applies, and nothing that an editor wrote.

use std::collections::BTreeSet;

use puente_domain::catalog::{Origin, SourceRecord};
use puente_storage::{SecretRecord, Transaction};

use super::reference::{Reference, each_reference};
use crate::Result;

/// Whether a source of the operator's names the secret.
pub(crate) async fn is_operators(transaction: &mut dyn Transaction, secret: &str) -> Result<bool> {
    Ok(named(&transaction.catalog().load().await?.sources).contains(secret))
}

/// Takes what sources of the operator's name, whoever set it: an editor who changes or deletes such a source does not
/// get at it.
pub(super) async fn claim(transaction: &mut dyn Transaction) -> Result<()> {
    let named = named(&transaction.catalog().load().await?.sources);
    for secret in transaction.secrets().list().await? {
        if !secret.by_operator && named.contains(&secret.name) {
            transaction.secrets().put(&SecretRecord { by_operator: true, ..secret }).await?;
        }
    }
    Ok(())
}

fn named(sources: &[SourceRecord]) -> BTreeSet<String> {
    let mut named = BTreeSet::new();
    for source in sources.iter().filter(|source| source.origin == Origin::Operator) {
        each_reference(&source.settings, |reference| {
            if let Reference::Secret(name) = reference {
                named.insert(name.to_owned());
            }
        });
    }
    named
}

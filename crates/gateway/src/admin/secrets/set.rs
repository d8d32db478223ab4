//! A secret that is set.

use puente_storage::{SecretRecord, Versioned};
use secrecy::{ExposeSecret, SecretString};

use super::context;
use crate::catalog::owned::is_operators;
use crate::{Action, Actor, Error, Gateway, Result};

/// Longer than any certificate or key that a source needs.
const LONGEST: usize = 64 * 1024;
const LONGEST_NAME: usize = 128;

impl Gateway {
    /// Adds or replaces the secret behind `${secret:NAME}`; sources that use it connect anew.
    ///
    /// What the operator sets, or what serves a source of the operator's, no source that an editor wrote gets.
    ///
    /// A name is made of letters, digits, `_`, `-` and `.`: `erp`, `erp.password`.
    pub async fn set_secret(&self, actor: &Actor, name: &str, value: &SecretString) -> Result<()> {
        self.allow(actor, Action::EditCatalog, "secrets/set", name).await?;
        check_name(name)?;
        let plain = value.expose_secret();
        if plain.is_empty() || plain.len() > LONGEST {
            return Err(Error::invalid("value", format!("a secret has 1 to {LONGEST} bytes")));
        }
        let mut edit = self.edit(actor, Versioned::Catalog).await?;
        let record = SecretRecord {
            name: name.to_owned(),
            key_id: self.vault.fingerprint(),
            sealed: self.vault.seal(&context(name), plain.as_bytes()),
            by_operator: actor.is_operator() || is_operators(&mut *edit, name).await?,
            updated_at: self.clock.now(),
        };
        edit.secrets().put(&record).await?;
        edit.save("secrets/set", name, None).await
    }
}

fn check_name(name: &str) -> Result<()> {
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let starts_well = name.starts_with(|c: char| c.is_ascii_alphanumeric());
    if starts_well && name.len() <= LONGEST_NAME && name.chars().all(legal) {
        return Ok(());
    }
    let rule = format!(
        "a secret's name has 1 to {LONGEST_NAME} letters, digits, '_', '-' and '.', and starts with a letter or digit"
    );
    Err(Error::invalid("name", rule))
}

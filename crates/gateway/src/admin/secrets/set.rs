//! A secret that is set.

use puente_domain::Name;
use puente_storage::{SecretRecord, Versioned};
use secrecy::{ExposeSecret, SecretString};

use super::context;
use crate::{Action, Actor, Error, Gateway, Result};

/// Longer than any certificate or key that a source needs.
const LONGEST: usize = 64 * 1024;

impl Gateway {
    /// Adds or replaces the secret behind `${secret:NAME}`; sources that use it connect anew.
    pub async fn set_secret(&self, actor: &Actor, name: &Name, value: &SecretString) -> Result<()> {
        self.allow(actor, Action::EditCatalog, "secrets/set", name.as_str()).await?;
        let plain = value.expose_secret();
        if plain.is_empty() || plain.len() > LONGEST {
            return Err(Error::invalid("value", format!("a secret has 1 to {LONGEST} bytes")));
        }
        let record = SecretRecord {
            name: name.to_string(),
            key_id: self.vault.fingerprint(),
            sealed: self.vault.seal(&context(name.as_str()), plain.as_bytes()),
            updated_at: self.clock.now(),
        };
        let mut edit = self.edit(actor, Versioned::Catalog).await?;
        edit.secrets().put(&record).await?;
        edit.save("secrets/set", name.as_str(), None).await
    }
}

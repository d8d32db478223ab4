//! Token keys that came with a transfer: tokens that they signed still verify, so that nobody has to sign in again.

use puente_auth::Vault;
use puente_storage::Storage;
use secrecy::SecretString;

/// The keys that the database keeps for the settings' list; none if nothing was transferred into it.
pub(crate) async fn of(storage: &dyn Storage, vault: &Vault) -> anyhow::Result<Vec<SecretString>> {
    let mut transaction = storage.read().await?;
    let stored = transaction.versions().value(puente_transfer::TOKEN_KEYS).await?;
    transaction.cancel().await?;
    let Some(stored) = stored else { return Ok(Vec::new()) };
    Ok(puente_transfer::open_token_keys(vault, &stored).unwrap_or_else(|error| {
        tracing::warn!(%error, "tokens signed before the transfer are not accepted");
        Vec::new()
    }))
}

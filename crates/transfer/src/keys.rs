//! The keys of both installations: what one has sealed or signed, the other must be able to open and verify.

use std::sync::Arc;

use base64::{Engine, prelude::BASE64_STANDARD};
use puente_auth::Vault;
use secrecy::{ExposeSecret, SecretString};

use crate::{
    error::{Error, Result},
    rules::TOKEN_KEYS,
};

/// An installation's keys.
#[derive(Clone, Debug)]
pub struct Keys {
    /// `ENCRYPTION_KEY`.
    pub vault: Arc<Vault>,
    /// `JWT_SECRET_KEY`: the first signs, the others still verify.
    pub tokens: Vec<SecretString>,
}

/// What the target keeps of the source's token keys, sealed, so that nobody has to sign in again; none if it has them
/// all. `stored` is what the source has kept of an earlier transfer.
pub(crate) fn token_keys(from: &Keys, to: &Keys, stored: Option<&str>) -> Result<Option<String>> {
    let earlier = stored.map(|text| open_token_keys(&from.vault, text)).transpose()?.unwrap_or_default();
    let mut kept: Vec<&str> = Vec::new();
    for key in from.tokens.iter().chain(&earlier).map(ExposeSecret::expose_secret) {
        if !to.tokens.iter().any(|own| own.expose_secret() == key) && !kept.contains(&key) {
            kept.push(key);
        }
    }
    Ok((!kept.is_empty()).then(|| {
        let text = kept.join("\n");
        BASE64_STANDARD.encode(to.vault.seal(TOKEN_KEYS, text.as_bytes()))
    }))
}

/// Opens what [`TOKEN_KEYS`] holds in `settings`.
///
/// # Errors
/// No key of the vault opens it.
pub fn open_token_keys(vault: &Vault, stored: &str) -> Result<Vec<SecretString>> {
    let closed = || {
        Error::Refused(
            "the token keys of an earlier transfer cannot be opened: give the ENCRYPTION_KEY that sealed them, or put it \
             behind the new one (`NEW,OLD`)"
                .to_owned(),
        )
    };
    let sealed = BASE64_STANDARD.decode(stored).map_err(|_| closed())?;
    let plain = vault.open(TOKEN_KEYS, &sealed).ok_or_else(closed)?;
    let text = String::from_utf8(plain).map_err(|_| closed())?;
    Ok(text.lines().map(SecretString::from).collect())
}

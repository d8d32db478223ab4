//! Seals what clients carry for us, with the keys that seal secrets.

use std::sync::Arc;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use puente_auth::Vault;
use puente_mcp::handler::Sealer;

/// The [`Sealer`] of the protocol service.
#[derive(Clone, Debug)]
pub struct VaultSealer(pub Arc<Vault>);

impl Sealer for VaultSealer {
    fn seal(&self, context: &str, plain: &[u8]) -> String {
        URL_SAFE_NO_PAD.encode(self.0.seal(context, plain))
    }

    fn open(&self, context: &str, sealed: &str) -> Option<Vec<u8>> {
        self.0.open(context, &URL_SAFE_NO_PAD.decode(sealed).ok()?)
    }
}

//! Who is calling, and what only we may read: passwords, tokens, API keys, sealing. No storage, no HTTP.
//!
//! What a caller may do is decided elsewhere (`puente_gateway::policy`).

mod api_key;
mod mac;
mod opaque;
mod password;
mod token;
mod vault;

pub use api_key::{API_KEY_PREFIX, NewApiKey};
pub use mac::{Mac, MacKey, random_bytes};
pub use opaque::{NewRefreshToken, NewSecret, generate_password, sha256};
pub use password::{PasswordError, Passwords};
pub use token::{Bound, Claims, JwtAlgorithm, TokenError, TokenOptions, Tokens, UnknownAlgorithm};
pub use vault::{Vault, VaultError};

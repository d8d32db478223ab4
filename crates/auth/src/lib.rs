//! Who is calling, and what only we may read: passwords, tokens, API keys, sealing. No storage, no HTTP.

mod api_key;
mod password;
mod token;
mod vault;

pub use api_key::NewApiKey;
pub use password::Passwords;
pub use token::Tokens;
pub use vault::Vault;

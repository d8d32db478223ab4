//! The built-in authorization server (OAuth 2.1, as the revisions of MCP ask): public clients, authorization codes with
//! PKCE, tokens bound to one virtual server. Everything it knows is rows, so any replica answers any request.
//!
//! - `register`, `document`: how clients become known; `clients`: what administrators do with them;
//! - `authorize`: from a client's request, by a person's consent, to a code; `redirect`, `resource`, `scopes`: its parts;
//! - `exchange`: from a code, or a refresh token, to tokens; `revoke`: their end;
//! - `connections`: what a person sees of it.

mod authorize;
mod clients;
mod connections;
mod document;
mod error;
mod exchange;
mod redirect;
mod register;
mod resource;
mod revoke;
mod scopes;

pub use authorize::issuer;
pub use authorize::{Asked, Authorization, AuthorizeError, Decision};
pub use connections::ConnectedClient;
pub use error::{Code, OAuthError};
pub use exchange::{CodeExchange, Issued, Refresh};
pub use register::Registration;
pub use resource::{AUDIENCE_PREFIX, audience};
pub use scopes::SUPPORTED as SCOPES;

use puente_domain::Timestamp;
use std::time::Duration;

/// What OAuth refresh tokens start with: they are good for the token endpoint only, and that endpoint takes no others.
pub(crate) const REFRESH_PREFIX: &str = "or_";
/// How long a registration that nobody used stays.
const UNUSED: Duration = Duration::from_hours(24);
/// How long a registration stays after its last use.
const USED: Duration = Duration::from_hours(90 * 24);

/// When a client that is used now may be forgotten.
fn end_of_use(now: Timestamp) -> Timestamp {
    now + USED
}

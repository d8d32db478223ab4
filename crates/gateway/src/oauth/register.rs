//! Dynamic client registration (RFC 7591): for clients that have no metadata document. Anyone may register, so
//! registrations are few per network, bounded in number, and end by themselves.

use puente_domain::oauth::{ClientKind, OAuthClient};
use uuid::Uuid;

use super::{Code, OAuthError, UNUSED, redirect};
use crate::{Actor, Gateway};

/// How many clients are kept at most.
const MAX_CLIENTS: u64 = 10_000;
/// How many redirect URIs a client may have.
pub(super) const MAX_REDIRECTS: usize = 10;
/// The longest name, in characters.
const LONGEST_NAME: usize = 80;

/// What a client says about itself. Everything else in a registration is not needed here.
#[derive(Clone, Debug, Default)]
pub struct Registration {
    /// `client_name`.
    pub name: Option<String>,
    /// `redirect_uris`.
    pub redirect_uris: Vec<String>,
    /// `client_uri`.
    pub uri: Option<String>,
    /// `grant_types`; empty if not given.
    pub grant_types: Vec<String>,
}

impl Gateway {
    /// Registers a public client.
    ///
    /// # Errors
    /// [`Code::InvalidRedirectUri`], [`Code::InvalidClientMetadata`], [`Code::TemporarilyUnavailable`].
    pub async fn register_client(&self, visitor: &Actor, new: Registration) -> Result<OAuthClient, OAuthError> {
        self.count_registration(visitor)?;
        if !new.grant_types.is_empty() && !new.grant_types.iter().any(|grant| grant == "authorization_code") {
            let told = "`grant_types` must contain authorization_code; there is no other way to sign in here";
            return Err(OAuthError::new(Code::InvalidClientMetadata, told));
        }
        check_redirects(&new.redirect_uris)?;
        let now = self.clock.now();
        let client = OAuthClient {
            id: format!("oc_{}", Uuid::now_v7().simple()),
            kind: ClientKind::Registered,
            name: name(new.name.as_deref()).unwrap_or_else(|| "A client without a name".to_owned()),
            redirect_uris: new.redirect_uris,
            uri: new.uri.filter(|uri| is_web_page(uri)),
            disabled_at: None,
            expires_at: now + UNUSED,
            last_used_at: None,
            created_at: now,
        };
        let mut transaction = self.storage.write().await?;
        if transaction.oauth().count_clients().await? >= MAX_CLIENTS {
            return Err(OAuthError::new(Code::TemporarilyUnavailable, "too many clients are registered; try later"));
        }
        transaction.oauth().put_client(&client).await?;
        transaction.save().await?;
        tracing::info!(client = client.id, name = client.name, "an OAuth client registered itself");
        Ok(client)
    }

    fn count_registration(&self, visitor: &Actor) -> Result<(), OAuthError> {
        let Some(address) = visitor.address else { return Ok(()) };
        self.identity.count_registration(address, self.clock.now()).map_err(|seconds| {
            OAuthError::new(Code::TemporarilyUnavailable, format!("too many registrations; try again in {seconds} s"))
        })
    }
}

/// Whether a client may have these redirect URIs.
pub(super) fn check_redirects(uris: &[String]) -> Result<(), OAuthError> {
    let wrong = |told: String| Err(OAuthError::new(Code::InvalidRedirectUri, told));
    if uris.is_empty() || uris.len() > MAX_REDIRECTS {
        return wrong(format!("`redirect_uris` must have 1 to {MAX_REDIRECTS} entries"));
    }
    match uris.iter().find(|uri| !redirect::is_allowed(uri)) {
        Some(uri) => wrong(format!(
            "'{}' cannot be a redirect URI: use https, http on loopback, or the application's own scheme",
            uri.escape_debug()
        )),
        None => Ok(()),
    }
}

/// A name as people may read it: no line breaks, nothing that turns the direction of writing, not too long.
pub(super) fn name(text: Option<&str>) -> Option<String> {
    let harmless = |c: &char| {
        !c.is_control() && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let name: String = text?.chars().filter(harmless).take(LONGEST_NAME).collect();
    let name = name.trim();
    (!name.is_empty()).then(|| name.to_owned())
}

/// Whether this can be linked to.
pub(super) fn is_web_page(uri: &str) -> bool {
    uri.len() <= 500 && url::Url::parse(uri).is_ok_and(|url| url.scheme() == "https" && url.host().is_some())
}

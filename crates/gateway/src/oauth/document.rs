//! Clients whose id is the address of their metadata document (draft-ietf-oauth-client-id-metadata-document). It is read
//! only for somebody who is signed in, only from public addresses, and kept as a row for a while.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, header};
use http_body_util::Full;
use hyper::body::Incoming;
use puente_domain::{
    Timestamp,
    oauth::{ClientKind, OAuthClient},
};
use puente_sources::outbound::read_body;
use serde::Deserialize;
use url::{Host, Url};

use super::{Code, OAuthError, register};
use crate::Gateway;

/// How long the other side may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// The longest document, in bytes.
const LONGEST: usize = 16 * 1024;
/// How long a document is kept at least and at most, whatever it says itself.
const KEPT: std::ops::RangeInclusive<u64> = 60..=24 * 3600;

/// What is looked at in a document.
#[derive(Deserialize)]
struct Document {
    client_id: String,
    client_name: Option<String>,
    client_uri: Option<String>,
    #[serde(default)]
    redirect_uris: Vec<String>,
    token_endpoint_auth_method: Option<String>,
}

/// Whether an id is the address of a document, not one that we gave.
pub(super) fn is_address(id: &str) -> bool {
    id.contains("://")
}

impl Gateway {
    /// Reads the client that this document describes, unless it was read a while ago.
    pub(super) async fn read_document(&self, id: &str) -> Result<(), OAuthError> {
        let known = self.storage.read().await?.oauth().client(id).await?;
        let now = self.clock.now();
        if known.is_some_and(|client| client.expires_at > now || client.disabled_at.is_some()) {
            return Ok(());
        }
        let url = self.address_of(id)?;
        let client = tokio::time::timeout(PATIENCE, self.fetch(&url, now)).await;
        let client = client.unwrap_or_else(|_| Err(unreadable("it did not answer in time")))?;
        let mut transaction = self.storage.write().await?;
        transaction.oauth().put_client(&client).await?;
        transaction.save().await?;
        Ok(())
    }

    /// `https` with a path and nothing else; `http` on loopback only where the operator opened it (`EGRESS_ALLOW`).
    fn address_of(&self, id: &str) -> Result<Url, OAuthError> {
        let wrong = || {
            let told = "a `client_id` that is an address must be https, with a path, without query and fragment";
            OAuthError::new(Code::InvalidClient, told)
        };
        let url = Url::parse(id).ok().filter(|url| url.as_str() == id && url.path() != "/").ok_or_else(wrong)?;
        let plain = url.query().is_none() && url.fragment().is_none();
        let nobody = url.username().is_empty() && url.password().is_none();
        let opened = match url.host() {
            Some(Host::Ipv4(address)) => address.is_loopback() && self.egress.allow.contains(&address.into()),
            _ => false,
        };
        let scheme = url.scheme() == "https" || (url.scheme() == "http" && opened);
        if plain && nobody && scheme { Ok(url) } else { Err(wrong()) }
    }

    async fn fetch(&self, url: &Url, now: Timestamp) -> Result<OAuthClient, OAuthError> {
        let request =
            Request::get(url.as_str()).header(header::ACCEPT, "application/json").body(Full::<Bytes>::default());
        let request = request.map_err(|_| unreadable("it is no address"))?;
        let response = self.strangers().send(request).await.map_err(|error| unreadable(&error.to_string()))?;
        if response.status() != http::StatusCode::OK {
            return Err(unreadable(&format!("it answers {}", response.status())));
        }
        let kept = kept_for(&response);
        let body = read_body(response.into_body(), LONGEST).await.map_err(|error| unreadable(&error.to_string()))?;
        let document: Document = serde_json::from_slice(&body)
            .map_err(|error| unreadable(&format!("it is no client's metadata: {error}")))?;
        client(document, url, now, kept)
    }
}

fn client(document: Document, url: &Url, now: Timestamp, kept: Duration) -> Result<OAuthClient, OAuthError> {
    if document.client_id != url.as_str() {
        return Err(unreadable("its `client_id` is not its own address"));
    }
    if document.token_endpoint_auth_method.as_deref().is_some_and(|method| method != "none") {
        return Err(unreadable("`token_endpoint_auth_method` must be none: clients here are public"));
    }
    register::check_redirects(&document.redirect_uris)?;
    let host = url.host_str().unwrap_or_default().to_owned();
    Ok(OAuthClient {
        id: document.client_id,
        kind: ClientKind::Document,
        name: register::name(document.client_name.as_deref()).unwrap_or(host),
        redirect_uris: document.redirect_uris,
        uri: document.client_uri.filter(|uri| register::is_web_page(uri)),
        disabled_at: None,
        expires_at: now + kept,
        last_used_at: None,
        created_at: now,
    })
}

/// `max-age` of `Cache-Control`, within limits.
fn kept_for(response: &Response<Incoming>) -> Duration {
    let text = response.headers().get(header::CACHE_CONTROL).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let age = text.split(',').find_map(|part| part.trim().strip_prefix("max-age=")?.parse::<u64>().ok());
    Duration::from_secs(age.unwrap_or(0).clamp(*KEPT.start(), *KEPT.end()))
}

fn unreadable(reason: &str) -> OAuthError {
    OAuthError::new(Code::InvalidClient, format!("the client's metadata document cannot be used: {reason}"))
}

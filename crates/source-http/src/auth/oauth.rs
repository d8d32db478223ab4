//! OAuth 2 client credentials (RFC 6749, section 4.4), with a token that is kept until it ends.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{
    HeaderValue, Request,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE},
};
use http_body_util::Full;
use puente_sources::{Outbound, outbound::read_body};
use secrecy::ExposeSecret;
use serde::Deserialize;
use tokio::{sync::Mutex, time::Instant};

use super::secret;
use crate::{
    request::encode,
    settings::{ClientSecretIn, OAuthSettings},
};

/// A token is not used in its last seconds: the request has to arrive.
const MARGIN: Duration = Duration::from_secs(30);
/// A server that does not say how long its token lives.
const USUAL_LIFE: Duration = Duration::from_mins(5);
/// A token is asked for again after this time, however long it lives.
const LONGEST_LIFE: Duration = Duration::from_hours(24);
/// No server may make a caller wait for longer.
const PATIENCE: Duration = Duration::from_secs(20);
const LARGEST_ANSWER: usize = 64 * 1024;

/// A client of an authorization server.
pub(crate) struct ClientCredentials {
    settings: OAuthSettings,
    outbound: Outbound,
    /// Held while a token is asked for: a hundred calls at once ask once.
    token: Mutex<Option<Token>>,
}

struct Token {
    header: HeaderValue,
    until: Instant,
    /// Whether it came for the call that holds it: one that is refused at once is not asked for again.
    used: bool,
}

#[derive(Deserialize)]
struct Answer {
    access_token: String,
    expires_in: Option<u64>,
}

#[derive(Deserialize)]
struct Refusal {
    error: String,
    error_description: Option<String>,
}

/// Why there is no token; for the agent, without anything secret.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum NoToken {
    /// The egress guard does not let us ask.
    Forbidden(String),
    /// The authorization server gave none.
    NotGiven(String),
}

impl From<String> for NoToken {
    fn from(message: String) -> Self {
        Self::NotGiven(message)
    }
}

impl ClientCredentials {
    pub(super) fn new(settings: OAuthSettings, outbound: Outbound) -> Result<Self, String> {
        settings.token_url.parse::<http::Uri>().map_err(|_| "auth.token_url is no URL".to_owned())?;
        Ok(Self { settings, outbound, token: Mutex::new(None) })
    }

    /// A token that is good for a while.
    pub(super) async fn token(&self) -> Result<HeaderValue, NoToken> {
        let mut kept = self.token.lock().await;
        if let Some(token) = kept.as_mut().filter(|token| token.until > Instant::now()) {
            token.used = true;
            return Ok(token.header.clone());
        }
        let asked = tokio::time::timeout(PATIENCE, self.ask()).await;
        let token =
            asked.unwrap_or_else(|_| Err(NoToken::NotGiven("the authorization server does not answer".to_owned())))?;
        let header = token.header.clone();
        *kept = Some(token);
        Ok(header)
    }

    /// Forgets the token; whether asking for another makes sense.
    pub(super) async fn forget(&self) -> bool {
        self.token.lock().await.take().is_some_and(|token| token.used)
    }

    async fn ask(&self) -> Result<Token, NoToken> {
        let unavailable = |error: &dyn std::error::Error| {
            tracing::warn!(%error, "no token from the authorization server");
            "the authorization server does not answer".to_owned()
        };
        let response = self.outbound.send(self.request()?).await.map_err(|error| {
            if error.was_refused() {
                NoToken::Forbidden(format!("no token can be asked for: {error}"))
            } else {
                NoToken::NotGiven(unavailable(&error))
            }
        })?;
        let status = response.status();
        let body = read_body(response.into_body(), LARGEST_ANSWER).await.map_err(|error| unavailable(&error))?;
        if !status.is_success() {
            return Err(refusal(status, &body).into());
        }
        let answer: Answer =
            serde_json::from_slice(&body).map_err(|_| "the authorization server's answer cannot be read".to_owned())?;
        let life = answer.expires_in.map_or(USUAL_LIFE, Duration::from_secs).min(LONGEST_LIFE);
        Ok(Token {
            header: secret(&format!("Bearer {}", answer.access_token))?,
            until: Instant::now() + life.saturating_sub(MARGIN).max(life / 2),
            used: false,
        })
    }

    fn request(&self) -> Result<Request<Full<Bytes>>, String> {
        let settings = &self.settings;
        let mut form = vec![("grant_type", "client_credentials".to_owned())];
        if !settings.scopes.is_empty() {
            form.push(("scope", settings.scopes.join(" ")));
        }
        let mut request = Request::post(&settings.token_url)
            .header(ACCEPT, "application/json")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        let (id, key) = (&settings.client_id, settings.client_secret.expose_secret());
        match settings.client_secret_in {
            ClientSecretIn::Header => {
                let pair = STANDARD.encode(format!("{}:{}", encode(id), encode(key)));
                request = request.header(AUTHORIZATION, secret(&format!("Basic {pair}"))?);
            }
            ClientSecretIn::Body => {
                form.push(("client_id", id.clone()));
                form.push(("client_secret", key.to_owned()));
            }
        }
        form.extend(settings.parameters.iter().map(|(name, value)| (name.as_str(), value.clone())));
        let pairs: Vec<String> =
            form.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
        request.body(Full::from(pairs.join("&"))).map_err(|_| "auth.token_url is no URL".to_owned())
    }
}

/// Section 5.2: `error` and `error_description` tell nothing secret.
fn refusal(status: http::StatusCode, body: &[u8]) -> String {
    let said = serde_json::from_slice::<Refusal>(body).ok();
    let words = said.map(|refusal| match refusal.error_description {
        Some(description) => format!("{}: {description}", refusal.error),
        None => refusal.error,
    });
    format!("the authorization server gives no token ({})", words.unwrap_or_else(|| status.to_string()))
}

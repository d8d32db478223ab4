//! The server: where it is, who asks, and the legacy session with it.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use anyhow::Context;
use reqwest::{Client, RequestBuilder, StatusCode, header};
use secrecy::{ExposeSecret, SecretString};
use tokio_util::sync::CancellationToken;

use super::message::Message;
use crate::exit::Refused;

const SESSION: &str = "mcp-session-id";
const VERSION: &str = "mcp-protocol-version";
const CONNECT: Duration = Duration::from_secs(5);

/// A server of ours on this machine.
pub(crate) struct Upstream {
    client: Client,
    url: String,
    key: SecretString,
    session: Mutex<Session>,
    closing: CancellationToken,
}

/// What `initialize` agreed on.
#[derive(Clone, Default)]
struct Session {
    id: Option<String>,
    version: Option<String>,
}

impl Upstream {
    /// `url` is an MCP endpoint, `key` an API key.
    ///
    /// # Errors
    /// If no client can be made at all.
    pub(crate) fn new(url: String, key: SecretString) -> anyhow::Result<Self> {
        let client =
            Client::builder().no_proxy().connect_timeout(CONNECT).build().context("cannot make an HTTP client")?;
        Ok(Self { client, url, key, session: Mutex::default(), closing: CancellationToken::new() })
    }

    /// Fails now, and with words for a person, if the server would refuse every message.
    ///
    /// # Errors
    /// [`Refused`] if the key or the virtual server is.
    pub(crate) async fn check(&self) -> anyhow::Result<()> {
        let probe = self.authorized(self.client.get(&self.url)).header(header::ACCEPT, "text/event-stream");
        let status = probe.timeout(CONNECT).send().await.context("the server does not answer")?.status();
        let refused = |what: &str| Err(Refused(what.to_owned()).into());
        match status {
            StatusCode::UNAUTHORIZED => {
                refused("the API key in PUENTE_API_KEY is refused: unknown, disabled or expired")
            }
            StatusCode::FORBIDDEN => {
                refused("the API key in PUENTE_API_KEY may not use this virtual server; see `puente grant add --help`")
            }
            // Without a session a GET is answered 400 or 405: whoever reads that was let in.
            _ => Ok(()),
        }
    }

    /// A POST of this message, with the headers that repeat it.
    pub(super) fn post(&self, message: &Message) -> RequestBuilder {
        let request = self.authorized(self.client.post(&self.url));
        let request = request.header(header::CONTENT_TYPE, "application/json");
        let request = request.header(header::ACCEPT, "application/json, text/event-stream");
        match (message.version(), message.method()) {
            (Some(version), Some(method)) => {
                let request = request.header(VERSION, version).header("mcp-method", method);
                let name = message.name();
                name.iter().fold(request, |request, name| request.header("mcp-name", name))
            }
            _ if message.method() == Some("initialize") => request,
            _ => self.in_session(request),
        }
    }

    /// The GET that streams what the server says by itself (legacy), after the event that was seen last.
    pub(super) fn get(&self, last_event: Option<&str>) -> RequestBuilder {
        let request = self.in_session(self.authorized(self.client.get(&self.url)));
        let request = request.header(header::ACCEPT, "text/event-stream");
        last_event.into_iter().fold(request, |request, id| request.header("last-event-id", id))
    }

    /// Keeps what `initialize` agreed on.
    pub(super) fn begin(&self, headers: &header::HeaderMap) {
        let id = headers.get(SESSION).and_then(|id| id.to_str().ok()).map(str::to_owned);
        self.session().id = id;
    }

    /// Keeps the version that the server chose.
    pub(super) fn agree(&self, version: &str) {
        self.session().version = Some(version.to_owned());
    }

    pub(super) fn has_session(&self) -> bool {
        self.session().id.is_some()
    }

    /// Resolves when the client closed its end.
    pub(super) async fn closed(&self) {
        self.closing.cancelled().await;
    }

    pub(super) fn close_listening(&self) {
        self.closing.cancel();
    }

    /// Ends the legacy session, if there is one. The server forgets it by itself later if this fails.
    pub(super) async fn leave(&self) {
        if self.has_session() {
            let _ = self.in_session(self.authorized(self.client.delete(&self.url))).timeout(CONNECT).send().await;
        }
    }

    fn authorized(&self, request: RequestBuilder) -> RequestBuilder {
        request.bearer_auth(self.key.expose_secret())
    }

    fn in_session(&self, request: RequestBuilder) -> RequestBuilder {
        let Session { id, version } = self.session().clone();
        let request = id.into_iter().fold(request, |request, id| request.header(SESSION, id));
        version.into_iter().fold(request, |request, version| request.header(VERSION, version))
    }

    fn session(&self) -> MutexGuard<'_, Session> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

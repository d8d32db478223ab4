//! A session with an upstream: a link, and what was agreed on over it. Where the eras differ, it ends here.

mod discover;
mod initialize;
mod open;

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use http::HeaderValue;
use puente_mcp::{Era, LoggingLevel, era::Revision};
use rmcp::model::{ClientCapabilities, ServerCapabilities};
use serde::Serialize;
use serde_json::value::RawValue;

pub(crate) use open::open;

use crate::{
    error::LinkError,
    link::{Exchange, Link, Outgoing},
    wire::{Incoming, Meta, US},
};

/// A session.
pub(crate) struct Session {
    pub(crate) link: Link,
    pub(crate) revision: Revision,
    /// What the upstream calls itself: `name version`.
    pub(crate) server: String,
    /// What it can do.
    pub(crate) offers: ServerCapabilities,
    used: Mutex<Instant>,
}

/// How a request is to be sent on behalf of a client.
#[derive(Clone, Copy)]
pub(crate) struct Manner<'a> {
    /// What the client can be asked; what a legacy session declared once, a modern request declares each time.
    pub(crate) capabilities: &'a ClientCapabilities,
    /// Whether the client wants to hear of progress.
    pub(crate) progress: bool,
    /// The least severe messages that it wants.
    pub(crate) level: Option<LoggingLevel>,
    /// The largest answer.
    pub(crate) max_bytes: usize,
    /// What `Mcp-Name` repeats.
    pub(crate) name: &'a str,
    /// `Mcp-Param-…`.
    pub(crate) headers: &'a [(String, HeaderValue)],
}

impl Session {
    fn new(link: Link, revision: Revision, server: String, offers: ServerCapabilities) -> Self {
        Self { link, revision, server, offers, used: Mutex::new(Instant::now()) }
    }

    pub(crate) const fn era(&self) -> Era {
        self.revision.era()
    }

    /// Sends a request that has a client behind it.
    pub(crate) async fn send<P: Serialize + Sync>(
        &self,
        method: &str,
        params: &P,
        manner: Manner<'_>,
    ) -> Result<Exchange, LinkError> {
        *self.used.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        let meta = self.meta(manner.capabilities, manner.level);
        let out = Outgoing {
            name: Some(manner.name),
            headers: manner.headers,
            progress: manner.progress,
            max_bytes: manner.max_bytes,
            ..Outgoing::new(method, params, meta)
        };
        self.link.send(out).await
    }

    /// Sends a request of our own, and waits for its answer.
    pub(crate) async fn fetch<P: Serialize + Sync>(
        &self,
        method: &str,
        params: &P,
    ) -> Result<Box<RawValue>, LinkError> {
        answer(&mut self.begin(method, params).await?).await
    }

    /// Sends a request of our own that goes on for long.
    pub(crate) async fn begin<P: Serialize + Sync>(&self, method: &str, params: &P) -> Result<Exchange, LinkError> {
        let nothing = ClientCapabilities::default();
        self.link.send(Outgoing::new(method, params, self.meta(&nothing, None))).await
    }

    fn meta<'a>(&self, capabilities: &'a ClientCapabilities, level: Option<LoggingLevel>) -> Meta<'a> {
        match self.era() {
            Era::Legacy => Meta::default(),
            Era::Modern => modern_meta(capabilities, level),
        }
    }

    /// When it was used last.
    pub(crate) fn used(&self) -> Instant {
        *self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) fn modern_meta(capabilities: &ClientCapabilities, level: Option<LoggingLevel>) -> Meta<'_> {
    Meta {
        progress_token: None,
        version: Some(Revision::V2026_07_28.as_str()),
        info: Some(&US),
        capabilities: Some(capabilities),
        level,
    }
}

/// Waits for the answer and passes over everything else.
pub(crate) async fn answer(exchange: &mut Exchange) -> Result<Box<RawValue>, LinkError> {
    loop {
        if let Incoming::Answer { outcome, .. } = exchange.next().await? {
            return outcome.map_err(LinkError::Rpc);
        }
    }
}

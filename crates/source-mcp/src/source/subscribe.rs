//! Changes: what the upstream tells by itself, and resources that somebody wants to hear of.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use puente_mcp::Era;
use serde_json::json;
use tokio::time::{sleep, timeout};

use super::Inner;
use crate::{
    error::{LinkError, describe},
    link::{Exchange, General, Link, http},
    session::Session,
    wire::{Incoming, Note},
};

/// How many resources are watched for all clients together.
const MAX_WATCHED: usize = 5000;
/// How long a client waits until the upstream knows.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long to wait before a stream is opened again.
const AGAIN: Duration = Duration::from_secs(5);

impl Inner {
    /// Wants to hear of a resource. What cannot be subscribed to is not heard of; that is no error.
    pub(super) async fn watch(&self, uri: &str) {
        if self.wanted.borrow().len() >= MAX_WATCHED {
            tracing::warn!(source = %self.name, "no more than {MAX_WATCHED} resources can be watched");
            return;
        }
        let mut heard = self.heard.subscribe();
        self.wanted.send_if_modified(|wanted| wanted.insert(uri.to_owned()));
        let _ = timeout(PATIENCE, heard.wait_for(|heard| heard.contains(uri))).await;
    }

    /// Listens until the session is of no use any more.
    pub(super) async fn listen(&self, session: &Arc<Session>) {
        self.heard.send_replace(BTreeSet::new());
        match session.era() {
            Era::Modern => self.listen_modern(session).await,
            Era::Legacy => {
                tokio::join!(self.subscribe_legacy(session), self.stream_legacy(session));
            }
        }
    }

    /// `subscriptions/listen`, anew whenever there is more to hear of; the old one ends once the new one is there.
    async fn listen_modern(&self, session: &Session) {
        let mut wanted = self.wanted.subscribe();
        let mut current = None;
        loop {
            let uris = wanted.borrow_and_update().clone();
            match self.open_listen(session, &uris).await {
                Ok(exchange) => {
                    current = Some(exchange);
                    self.heard.send_replace(uris);
                }
                // It offers no subscriptions: then there is nothing to hear.
                Err(LinkError::Rpc(_) | LinkError::Status(400..500)) if current.is_none() => {
                    self.heard.send_replace(uris);
                    std::future::pending::<()>().await;
                }
                Err(error) => {
                    tracing::debug!(source = %self.name, error = describe(&error), "an upstream takes no subscription");
                    sleep(AGAIN).await;
                    continue;
                }
            }
            let Some(exchange) = &mut current else { continue };
            tokio::select! {
                changed = wanted.changed() => if changed.is_err() { return },
                () = self.hear(exchange) => {
                    current = None;
                    // What happened meanwhile was missed.
                    self.missed();
                    sleep(AGAIN).await;
                }
            }
        }
    }

    async fn open_listen(&self, session: &Session, uris: &BTreeSet<String>) -> Result<Exchange, LinkError> {
        let mut filter = json!({"toolsListChanged": true, "promptsListChanged": true, "resourcesListChanged": true});
        if !uris.is_empty() {
            filter["resourceSubscriptions"] = json!(uris);
        }
        let mut exchange = session.begin("subscriptions/listen", &json!({ "notifications": filter })).await?;
        loop {
            match exchange.next().await? {
                Incoming::Note(Note::Acknowledged(_)) => return Ok(exchange),
                Incoming::Answer { outcome: Err(error), .. } => return Err(LinkError::Rpc(error)),
                Incoming::Answer { .. } => return Err(LinkError::Closed(None)),
                other => self.general(other),
            }
        }
    }

    async fn hear(&self, exchange: &mut Exchange) {
        while let Ok(incoming) = exchange.next().await {
            if matches!(incoming, Incoming::Answer { .. }) {
                return;
            }
            self.general(incoming);
        }
    }

    fn general(&self, incoming: Incoming) {
        match incoming {
            Incoming::Note(Note::ListChanged) => self.missed(),
            Incoming::Note(Note::Updated(uri)) => {
                let _ = self.events.send(puente_sources::SourceEvent::ResourceUpdated { uri });
            }
            _ => {}
        }
    }

    fn missed(&self) {
        self.pool().tell(General::ListChanged);
    }

    /// `resources/subscribe` for each resource that somebody wants to hear of.
    async fn subscribe_legacy(&self, session: &Session) {
        let mut wanted = self.wanted.subscribe();
        let mut subscribed = BTreeSet::new();
        let offered = session.offers.resources.as_ref().is_some_and(|resources| resources.subscribe == Some(true));
        loop {
            let uris = wanted.borrow_and_update().clone();
            for uri in uris.difference(&subscribed.clone()) {
                if offered && let Err(error) = session.fetch("resources/subscribe", &json!({ "uri": uri })).await {
                    tracing::debug!(source = %self.name, uri, error = describe(&error), "no subscription");
                }
                subscribed.insert(uri.clone());
                self.heard.send_modify(|heard| {
                    heard.insert(uri.clone());
                });
            }
            if wanted.changed().await.is_err() {
                return;
            }
        }
    }

    /// The stream of a GET, if there is one; lines carry everything anyway.
    async fn stream_legacy(&self, session: &Session) {
        let Link::Http(link) = &session.link else { return };
        loop {
            let heard = http::listen(link, self.pool().events()).await;
            let ends = matches!(
                heard,
                Err(LinkError::Status(405) | LinkError::Rpc(_) | LinkError::Garbage(_) | LinkError::SessionGone)
            );
            if ends {
                return;
            }
            self.missed();
            sleep(AGAIN).await;
        }
    }
}

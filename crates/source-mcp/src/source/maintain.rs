//! Keeps the main session open, the offer true, and listens for what the upstream tells.

use std::{sync::Arc, time::Duration};

use puente_sources::SourceEvent;
use tokio::{
    sync::mpsc,
    time::{Instant, sleep, sleep_until},
};

use super::Inner;
use crate::{
    error::{LinkError, describe},
    link::General,
    listing,
    session::Session,
};

/// How long a changed list may go unnoticed if the upstream does not tell.
const REFRESH: Duration = Duration::from_mins(5);
/// A burst of changes is one.
const BURST: Duration = Duration::from_millis(50);
/// How often idle sessions are looked at.
const SWEEP: Duration = Duration::from_secs(30);
/// How long to wait before a failed listing is tried again on a session that goes on.
const AGAIN: Duration = Duration::from_secs(5);

/// Runs until the source is closed.
pub(super) async fn maintain(inner: Arc<Inner>, mut generals: mpsc::Receiver<General>) {
    loop {
        match inner.pool().main().await {
            Ok(session) => {
                tracing::info!(source = %inner.name, server = session.server, revision = session.revision.as_str(), "connected");
                inner.follow(&session, &mut generals).await;
                tracing::info!(source = %inner.name, "the session with an upstream ended");
            }
            Err(LinkError::Recently(_)) => {}
            Err(error) => tracing::warn!(source = %inner.name, error = describe(&error), "an upstream does not answer"),
        }
        let rest = inner.pool().main_rest().await;
        sleep(rest.max(Duration::from_millis(10))).await;
    }
}

impl Inner {
    /// Follows one session to its end.
    async fn follow(&self, session: &Arc<Session>, generals: &mut mpsc::Receiver<General>) {
        let listening = self.listen(session);
        tokio::pin!(listening);
        let mut refresh = Instant::now();
        let mut sweep = Instant::now() + SWEEP;
        loop {
            tokio::select! {
                biased;
                () = session.link.closed() => return,
                () = sleep_until(refresh) => refresh = Instant::now() + self.relist(session).await,
                () = sleep_until(sweep) => {
                    self.pool().sweep();
                    sweep = Instant::now() + SWEEP;
                }
                () = &mut listening => return,
                general = generals.recv() => match general {
                    Some(General::ListChanged) => refresh = refresh.min(Instant::now() + BURST),
                    Some(General::Updated(uri)) => {
                        // Without anybody who listens there is nobody to tell.
                        let _ = self.events.send(SourceEvent::ResourceUpdated { uri });
                    }
                    None => return,
                },
            }
        }
    }

    /// Lists everything again; says when to do it next.
    async fn relist(&self, session: &Session) -> Duration {
        match listing::list(session, &self.plans).await {
            Ok(listing) => {
                let before = self.listing();
                if before.offer.provisional || !same(&before, &listing) {
                    self.publish(listing);
                }
                REFRESH
            }
            Err(error) => {
                tracing::warn!(source = %self.name, error = describe(&error), "an upstream does not list what it offers");
                AGAIN
            }
        }
    }
}

/// Whether two listings say the same.
fn same(before: &listing::Listing, after: &listing::Listing) -> bool {
    let (old, new) = (&before.offer, &after.offer);
    let tools =
        old.tools.len() == new.tools.len() && old.tools.iter().zip(&new.tools).all(|(old, new)| old.tool == new.tool);
    tools
        && old.resources == new.resources
        && old.templates == new.templates
        && old.prompts == new.prompts
        && old.problems == new.problems
}

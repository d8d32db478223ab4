//! Serves sources over HTTP without the gateway.

mod handler;
mod seal;
mod serve;
mod tasks;

use std::sync::Arc;

use puente_domain::{Principal, SystemClock};
use puente_sources::{Offer, Source, SourceEvent};
use tokio::sync::broadcast::{self, error::RecvError};

pub use seal::TestSealer;
pub use serve::{Running, serve};

use puente_mcp::handler::Event;

/// A handler over sources: everybody may do everything.
pub struct Host {
    sources: Vec<Arc<dyn Source>>,
    events: broadcast::Sender<Event>,
    principal: Principal,
    tasks: tasks::Tasks,
}

impl Host {
    /// A host of these sources, whose names must not clash. Must be called within a Tokio runtime; what listens to the
    /// sources ends with it.
    #[must_use]
    pub fn new(sources: Vec<Arc<dyn Source>>) -> Arc<Self> {
        let events = broadcast::Sender::new(256);
        for source in &sources {
            tokio::spawn(watch_offer(source.clone(), events.clone()));
            if let Some(receiver) = source.events() {
                tokio::spawn(forward_events(receiver, events.clone()));
            }
        }
        let tasks = tasks::Tasks::new(events.clone(), Arc::new(SystemClock));
        Arc::new(Self { sources, events, principal: Principal::anonymous(), tasks })
    }

    /// The source whose offer satisfies `offers`.
    fn source(&self, offers: impl Fn(&Offer) -> bool) -> Option<&Arc<dyn Source>> {
        self.sources.iter().find(|source| offers(&source.offer()))
    }
}

/// Tells which lists changed whenever the offer does.
async fn watch_offer(source: Arc<dyn Source>, events: broadcast::Sender<Event>) {
    let mut changes = source.changes();
    let mut before = source.offer();
    while changes.changed().await.is_ok() {
        let now = source.offer();
        let tools = |offer: &Offer| offer.tools.iter().map(|offered| offered.tool.clone()).collect::<Vec<_>>();
        let compared = [
            (tools(&before) != tools(&now), Event::ToolsChanged),
            (before.prompts != now.prompts, Event::PromptsChanged),
            (before.resources != now.resources || before.templates != now.templates, Event::ResourcesChanged),
        ];
        for (_, event) in compared.into_iter().filter(|(differs, _)| *differs) {
            // Without subscribers there is nobody to tell.
            let _ = events.send(event);
        }
        before = now;
    }
}

async fn forward_events(mut receiver: broadcast::Receiver<SourceEvent>, events: broadcast::Sender<Event>) {
    loop {
        match receiver.recv().await {
            Ok(SourceEvent::ResourceUpdated { uri }) => {
                let _ = events.send(Event::ResourceUpdated { uri });
            }
            Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return,
        }
    }
}

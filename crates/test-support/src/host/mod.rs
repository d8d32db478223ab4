//! Serves sources over HTTP without the gateway.

mod handler;
mod seal;
mod serve;
mod tasks;

use std::sync::{Arc, Mutex, PoisonError};

use puente_domain::{Principal, SystemClock};
use puente_sources::{Offer, Source, SourceEvent};
use serde_json::{Map, Value, json};
use tokio::sync::{
    broadcast::{self, error::RecvError},
    watch,
};

pub use seal::TestSealer;
pub use serve::{Running, serve, serve_only};

use puente_mcp::handler::Event;

/// A handler over sources: everybody may do everything.
pub struct Host {
    sources: Vec<Arc<dyn Source>>,
    events: broadcast::Sender<Event>,
    principal: Principal,
    tasks: tasks::Tasks,
    calls: Mutex<Vec<Value>>,
}

impl Host {
    /// A host of these sources, whose names must not clash. Must be called within a Tokio runtime; what listens to the
    /// sources ends with it.
    #[must_use]
    pub fn new(sources: Vec<Arc<dyn Source>>) -> Arc<Self> {
        let events = broadcast::Sender::new(256);
        for source in &sources {
            tokio::spawn(watch_offer(source.clone(), source.changes(), source.offer(), events.clone()));
            if let Some(receiver) = source.events() {
                tokio::spawn(forward_events(receiver, events.clone()));
            }
        }
        let tasks = tasks::Tasks::new(events.clone(), Arc::new(SystemClock));
        Arc::new(Self { sources, events, principal: Principal::anonymous(), tasks, calls: Mutex::default() })
    }

    /// Every execution of a tool so far: its name and arguments. Later rounds of a call are the same execution.
    #[must_use]
    pub fn calls(&self) -> Vec<Value> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn record(&self, tool: &str, arguments: &Map<String, Value>) {
        let call = json!({ "name": tool, "arguments": arguments });
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).push(call);
    }

    /// The source whose offer satisfies `offers`.
    fn source(&self, offers: impl Fn(&Offer) -> bool) -> Option<&Arc<dyn Source>> {
        self.sources.iter().find(|source| offers(&source.offer()))
    }
}

/// Tells which lists changed whenever the offer does.
async fn watch_offer(
    source: Arc<dyn Source>,
    mut changes: watch::Receiver<()>,
    mut before: Arc<Offer>,
    events: broadcast::Sender<Event>,
) {
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use puente_mcp::{CallTool, Client, Era, GetPrompt, Handler, InputMode, Inputs, ReadResource, RequestContext};
    use serde_json::value::RawValue;

    use super::*;
    use crate::source::{TestSource, model};

    /// A modern client that can be asked for everything, and knows tasks.
    fn context() -> RequestContext<()> {
        let capabilities = json!({
            "elicitation": {}, "sampling": {}, "roots": {}, "extensions": {"io.modelcontextprotocol/tasks": {}},
        });
        RequestContext {
            caller: (),
            client: Client::new(Era::Modern, InputMode::Rounds, Arc::new(model(capabilities)), "test".into(), None),
            cancel: tokio_util::sync::CancellationToken::new(),
            request_id: "test".into(),
            traceparent: None,
        }
    }

    #[tokio::test]
    async fn everything_that_is_offered_can_be_used() {
        let source = Arc::new(TestSource::default());
        let host = Host::new(vec![source.clone()]);
        let offer = source.offer();
        for offered in &offer.tools {
            let name = &*offered.tool.name;
            let arguments: Box<RawValue> = model(json!({"seconds": 0, "prompt": "p", "message": "m"}));
            let call = CallTool { name, arguments: Some(&arguments), inputs: Inputs::default(), header_params: None };
            host.call_tool(&context(), call).await.unwrap_or_else(|error| panic!("{name}: {error}"));
        }
        for prompt in &offer.prompts {
            let get = GetPrompt { name: &prompt.name, arguments: serde_json::Map::new(), inputs: Inputs::default() };
            host.get_prompt(&context(), get).await.unwrap();
        }
        let uris = offer.resources.iter().map(|resource| resource.uri.as_str());
        for uri in uris.chain(["test://template/123/data"]) {
            host.read_resource(&context(), ReadResource { uri, inputs: Inputs::default() }).await.unwrap();
        }
    }

    #[tokio::test]
    async fn changes_of_a_source_become_events() {
        let source = Arc::new(TestSource::default());
        let host = Host::new(vec![source.clone()]);
        let mut events = host.events(&());
        let next = |call: &'static str| {
            let host = host.clone();
            async move {
                let call = CallTool { name: call, arguments: None, inputs: Inputs::default(), header_params: None };
                host.call_tool(&context(), call).await.unwrap();
            }
        };
        next("test_trigger_tool_change").await;
        assert_eq!(events.recv().await.unwrap(), Event::ToolsChanged);
        next("test_trigger_prompt_change").await;
        assert_eq!(events.recv().await.unwrap(), Event::PromptsChanged);
        source.touch_watched_resource();
        let updated = tokio::time::timeout(Duration::from_secs(10), events.recv()).await.unwrap().unwrap();
        assert_eq!(updated, Event::ResourceUpdated { uri: "test://watched-resource".to_owned() });
    }
}

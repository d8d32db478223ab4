//! Events of the handler as notifications.

use std::collections::HashSet;

use serde::Serialize;
use serde_json::value::RawValue;
use tokio::sync::broadcast::{Receiver, error::RecvError};

use crate::{handler::Event, reply::notification};

/// What a client wants to be told.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted {
    pub(crate) tools: bool,
    pub(crate) prompts: bool,
    pub(crate) resources: bool,
    pub(crate) uris: HashSet<String>,
    pub(crate) tasks: HashSet<String>,
}

/// What to do next for a subscriber.
pub(crate) enum Step {
    /// These events happened.
    Events(Vec<Event>),
    /// The caller's rights are gone, or the server ends.
    End,
}

/// Waits for the next events. A receiver that was too slow is told that every list changed.
pub(crate) async fn next(receiver: &mut Receiver<Event>) -> Step {
    match receiver.recv().await {
        Ok(Event::Revoked) | Err(RecvError::Closed) => Step::End,
        Ok(event) => Step::Events(vec![event]),
        Err(RecvError::Lagged(_)) => {
            Step::Events(vec![Event::ToolsChanged, Event::PromptsChanged, Event::ResourcesChanged])
        }
    }
}

impl Wanted {
    fn wants(&self, event: &Event) -> bool {
        match event {
            Event::ToolsChanged => self.tools,
            Event::PromptsChanged => self.prompts,
            Event::ResourcesChanged => self.resources,
            Event::ResourceUpdated { uri } => self.uris.contains(uri),
            Event::Task(task) => self.tasks.contains(&task.0.task.task_id),
            Event::Revoked => false,
        }
    }

    /// The event as a notification, tagged with `subscription` (modern); `None` if it is not wanted.
    pub(crate) fn notification(&self, event: &Event, subscription: Option<&RawValue>) -> Option<Vec<u8>> {
        if !self.wants(event) {
            return None;
        }
        let meta = subscription.map(|id| Tag { id });
        Some(match event {
            Event::ToolsChanged => notification("notifications/tools/list_changed", &Params { meta, rest: () }),
            Event::PromptsChanged => notification("notifications/prompts/list_changed", &Params { meta, rest: () }),
            Event::ResourcesChanged => notification("notifications/resources/list_changed", &Params { meta, rest: () }),
            Event::ResourceUpdated { uri } => {
                notification("notifications/resources/updated", &Params { meta, rest: Updated { uri } })
            }
            Event::Task(task) => notification("notifications/tasks", &Params { meta, rest: &task.0 }),
            Event::Revoked => return None,
        })
    }
}

/// `_meta` that names the subscription.
#[derive(Serialize)]
pub(crate) struct Tag<'a> {
    #[serde(rename = "io.modelcontextprotocol/subscriptionId")]
    pub(crate) id: &'a RawValue,
}

#[derive(Serialize)]
struct Params<'a, T> {
    #[serde(rename = "_meta", skip_serializing_if = "Option::is_none")]
    meta: Option<Tag<'a>>,
    #[serde(flatten)]
    rest: T,
}

#[derive(Serialize)]
struct Updated<'a> {
    uri: &'a str,
}

//! A source that behaves as the conformance suite (`@modelcontextprotocol/conformance` 0.2.0-alpha.12) expects.

mod call;
mod content;
mod offer;
mod prompt;
mod read;
mod rounds;
mod tasks;

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use puente_mcp::{Outcome, ToolResult};
use puente_sources::{Call, Checked, Completion, Offer, Prompt, Read, Source, SourceError, SourceEvent};
use rmcp::model::{CompletionInfo, GetPromptResult, ReadResourceResult};
use tokio::sync::{broadcast, watch};

pub(crate) use content::model;

/// The conformance fixture.
pub struct TestSource {
    offer: Mutex<Arc<Offer>>,
    changes: watch::Sender<()>,
    events: broadcast::Sender<SourceEvent>,
}

impl Default for TestSource {
    fn default() -> Self {
        Self {
            offer: Mutex::new(Arc::new(offer::offer())),
            changes: watch::Sender::new(()),
            events: broadcast::Sender::new(64),
        }
    }
}

impl TestSource {
    /// Says that `test://watched-resource` changed.
    pub fn touch_watched_resource(&self) {
        // Without subscribers there is nobody to tell.
        let _ = self.events.send(SourceEvent::ResourceUpdated { uri: "test://watched-resource".to_owned() });
    }

    /// Changes the offer, and says so.
    fn change(&self, edit: impl FnOnce(&mut Offer)) {
        let mut offer = self.offer.lock().unwrap_or_else(PoisonError::into_inner);
        edit(Arc::make_mut(&mut offer));
        drop(offer);
        self.changes.send_replace(());
    }
}

#[async_trait]
impl Source for TestSource {
    fn offer(&self) -> Arc<Offer> {
        self.offer.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn changes(&self) -> watch::Receiver<()> {
        self.changes.subscribe()
    }

    fn events(&self) -> Option<broadcast::Receiver<SourceEvent>> {
        Some(self.events.subscribe())
    }

    async fn call(&self, call: Call<'_>) -> Result<Outcome<ToolResult>, SourceError> {
        match call.tool {
            "test_trigger_tool_change" => self.change(offer::toggle_tool),
            "test_trigger_prompt_change" => self.change(offer::toggle_prompt),
            _ => return call::call(&call).await,
        }
        Ok(Outcome::Complete(ToolResult::text("Changed.")))
    }

    async fn read(&self, read: Read<'_>) -> Result<Outcome<ReadResourceResult>, SourceError> {
        read::read(read.uri).map(Outcome::Complete)
    }

    async fn prompt(&self, prompt: Prompt<'_>) -> Result<Outcome<GetPromptResult>, SourceError> {
        prompt::prompt(&prompt)
    }

    async fn complete(&self, completion: Completion<'_>) -> Result<CompletionInfo, SourceError> {
        let words = ["paris", "park", "party", "test", "testing"];
        let fitting = words.iter().filter(|word| word.starts_with(completion.value)).map(ToString::to_string);
        CompletionInfo::with_all_values(fitting.collect()).map_err(SourceError::failed)
    }

    async fn test(&self, _timeout: Duration) -> Result<Checked, SourceError> {
        Ok(Checked { system: "test".to_owned(), took: Duration::ZERO, warnings: Vec::new() })
    }

    async fn close(&self) {}
}

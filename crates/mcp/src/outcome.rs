//! How a call ends: complete, asking for input, or as a task.

use std::{borrow::Cow, collections::BTreeMap};

use rmcp::model::{ContentBlock, InputRequest, JsonObject};
use serde_json::{Value, value::RawValue};

/// The result of a request that may need more rounds.
///
/// Sources always work in rounds: a source that needs the client's answer returns [`Outcome::InputRequired`] and is
/// called again with [`Inputs`]. For a legacy client the protocol service sends the requests itself and repeats the
/// call; for a modern one it seals the state and lets the client repeat it.
#[derive(Debug)]
pub enum Outcome<T> {
    /// The final result.
    Complete(T),
    /// The client must answer first.
    InputRequired(InputRequired),
    /// The call goes on as a task (tasks extension; only if the client declared it).
    Task(TaskHandle),
}

impl<T> Outcome<T> {
    /// Turns a complete result into another.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Outcome<U> {
        match self {
            Self::Complete(result) => Outcome::Complete(f(result)),
            Self::InputRequired(required) => Outcome::InputRequired(required),
            Self::Task(task) => Outcome::Task(task),
        }
    }
}

/// What the client must answer before the call can go on.
#[derive(Clone, Debug, Default)]
pub struct InputRequired {
    /// By a key of the source's choice; may be empty (then the client just retries).
    pub requests: BTreeMap<String, InputRequest>,
    /// What the source wants back in [`Inputs::state`]; sealed before it leaves the process. JSON of at most 8 KiB.
    pub state: Option<Value>,
}

/// What a repeated call brings: empty at the first round.
#[derive(Clone, Debug, Default)]
pub struct Inputs {
    /// The client's results by the key of the request: hostile input, not checked against anything yet.
    pub responses: BTreeMap<String, Value>,
    /// The state that the source returned: opened and verified, so trustworthy.
    pub state: Option<Value>,
}

impl Inputs {
    /// Whether this is the first round.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.responses.is_empty() && self.state.is_none()
    }
}

/// A tool's answer, success or error.
#[derive(Clone, Debug, Default)]
pub struct ToolResult {
    /// What the model reads.
    pub content: Vec<ContentBlock>,
    /// The same as another server wrote it, passed on byte for byte; `content` is empty then. See
    /// [`ToolResult::blocks`].
    pub raw_content: Option<Box<RawValue>>,
    /// What a program reads: raw JSON, passed on byte for byte.
    pub structured: Option<Box<RawValue>>,
    /// Whether the tool failed; `content` then says why, in words for the model.
    pub is_error: bool,
    /// `_meta` of the result.
    pub meta: Option<JsonObject>,
}

impl ToolResult {
    /// A result of one text.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self { content: vec![ContentBlock::text(text)], ..Self::default() }
    }

    /// A tool error: the agent reads `message` and can act on it.
    #[must_use]
    pub fn error(message: impl Into<String>) -> Self {
        Self { is_error: true, ..Self::text(message) }
    }

    /// What the model reads, parsed if need be. Blocks of another server that cannot be read are left out.
    #[must_use]
    pub fn blocks(&self) -> Cow<'_, [ContentBlock]> {
        match &self.raw_content {
            None => Cow::Borrowed(&self.content),
            Some(raw) => {
                let values: Vec<Value> = serde_json::from_str(raw.get()).unwrap_or_default();
                values.into_iter().filter_map(|value| serde_json::from_value(value).ok()).collect()
            }
        }
    }

    /// The result as `CallToolResult` of 2026-07-28, for where it is kept as JSON: a task's result.
    #[must_use]
    pub fn into_object(self) -> JsonObject {
        let mut object = JsonObject::new();
        object.insert("resultType".to_owned(), "complete".into());
        let content = match &self.raw_content {
            None => serde_json::to_value(self.content).unwrap_or_default(),
            Some(raw) => serde_json::from_str(raw.get()).unwrap_or_default(),
        };
        object.insert("content".to_owned(), content);
        if let Some(structured) = self.structured {
            object.insert("structuredContent".to_owned(), serde_json::from_str(structured.get()).unwrap_or_default());
        }
        if self.is_error {
            object.insert("isError".to_owned(), true.into());
        }
        if let Some(meta) = self.meta {
            object.insert("_meta".to_owned(), meta.into());
        }
        object
    }

    /// A structured result: as `structuredContent`, and the same JSON as text for clients that read only that.
    #[must_use]
    pub fn structured(json: Box<RawValue>) -> Self {
        Self { content: vec![ContentBlock::text(json.get())], structured: Some(json), ..Self::default() }
    }
}

/// A task that was started for a call: the base fields of the tasks extension's `Task`.
#[derive(Clone, Debug)]
pub struct TaskHandle(pub rmcp::model::Task);

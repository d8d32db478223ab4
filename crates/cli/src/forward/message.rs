//! A line from the client: as much of it as its headers need.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

const VERSION: &str = "io.modelcontextprotocol/protocolVersion";

/// A message (or a batch of them, which only 2025-03-26 knows).
pub(super) struct Message {
    /// As the client wrote it.
    pub(super) text: String,
    value: Value,
}

impl Message {
    /// The answer to the client if the line is not JSON.
    pub(super) fn parse(line: &str) -> Result<Self, String> {
        match serde_json::from_str(line) {
            Ok(value) => Ok(Self { text: line.to_owned(), value }),
            Err(error) => Err(failure(&Value::Null, -32700, &format!("the line is not JSON: {error}"))),
        }
    }

    pub(super) fn method(&self) -> Option<&str> {
        self.value["method"].as_str()
    }

    /// Of a request; notifications and responses need no answer.
    pub(super) fn id(&self) -> Option<&Value> {
        self.method().and_then(|_| self.value.get("id"))
    }

    /// The revision of a modern request, which carries it itself.
    pub(super) fn version(&self) -> Option<&str> {
        self.value["params"]["_meta"][VERSION].as_str()
    }

    pub(super) fn is_modern(&self) -> bool {
        self.version().is_some()
    }

    /// Whether later messages must wait until this one was taken: what begins a legacy session.
    pub(super) fn comes_first(&self) -> bool {
        matches!(self.method(), Some("initialize" | "notifications/initialized"))
    }

    /// The JSON of the id of the request that this one cancels.
    pub(super) fn cancels(&self) -> Option<String> {
        let request = &self.value["params"]["requestId"];
        (self.method() == Some("notifications/cancelled")).then(|| request.to_string())
    }

    pub(super) fn params(&self) -> &Value {
        &self.value["params"]
    }

    /// What `Mcp-Name` repeats (2026-07-28, Streamable HTTP, "Request Metadata").
    pub(super) fn name(&self) -> Option<String> {
        let member = match self.method()? {
            "tools/call" | "prompts/get" => "name",
            "resources/read" => "uri",
            "tasks/get" | "tasks/update" | "tasks/cancel" => "taskId",
            _ => return None,
        };
        self.params()[member].as_str().map(header_value)
    }

    /// The error that answers this message, if it needs an answer.
    pub(super) fn failure(&self, message: &str) -> Option<String> {
        let id = if self.value.is_array() { Some(&Value::Null) } else { self.id() };
        id.map(|id| failure(id, -32603, message))
    }
}

/// Text that a header cannot carry as it is becomes `=?base64?…?=`.
pub(super) fn header_value(text: &str) -> String {
    let plain = text.bytes().all(|byte| (0x20..0x7f).contains(&byte));
    if plain && text.trim() == text && !text.starts_with("=?base64?") {
        return text.to_owned();
    }
    format!("=?base64?{}?=", BASE64_STANDARD.encode(text))
}

fn failure(id: &Value, code: i64, message: &str) -> String {
    json!({"jsonrpc": "2.0", "id": id, "error": {"code": code, "message": message}}).to_string()
}

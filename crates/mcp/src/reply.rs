//! Writes JSON-RPC answers, straight into the bytes that are sent.

use rmcp::model::{ErrorCode, ErrorData, Implementation, JsonObject};
use serde::Serialize;
use serde_json::{json, value::RawValue};

use crate::{
    Era, McpError,
    envelope::Id,
    error::{INSUFFICIENT_SCOPE, LIMITED, MISSING_CAPABILITY},
};

/// What the era adds to every result.
#[derive(Debug)]
pub(crate) struct Frame<'a> {
    pub(crate) era: Era,
    /// For `_meta` of modern results.
    pub(crate) server: Option<&'a Implementation>,
}

/// Writes `{"jsonrpc":"2.0","id":…,"result":{…}}`, member by member.
///
/// Writing into memory fails only for a value that is no JSON (a map with keys that are no strings); that member is then
/// `null`.
pub(crate) struct ResultWriter(Vec<u8>);

impl ResultWriter {
    /// Starts a complete result: `resultType` and `_meta` come first in the modern era.
    pub(crate) fn complete(id: Id<'_>, frame: &Frame<'_>, meta: Option<JsonObject>) -> Self {
        Self::start(id, frame, "complete", meta)
    }

    /// Starts a result of any type.
    pub(crate) fn start(id: Id<'_>, frame: &Frame<'_>, result_type: &str, meta: Option<JsonObject>) -> Self {
        let mut buffer = Vec::with_capacity(512);
        buffer.extend_from_slice(br#"{"jsonrpc":"2.0","id":"#);
        buffer.extend_from_slice(id.as_json().as_bytes());
        buffer.extend_from_slice(br#","result":{"#);
        let mut writer = Self(buffer);
        if frame.era == Era::Modern {
            writer.field("resultType", result_type);
        }
        writer.meta(frame, meta);
        writer
    }

    fn meta(&mut self, frame: &Frame<'_>, meta: Option<JsonObject>) {
        #[derive(Serialize)]
        struct Meta<'a> {
            #[serde(rename = "io.modelcontextprotocol/serverInfo", skip_serializing_if = "Option::is_none")]
            server: Option<&'a Implementation>,
            #[serde(flatten)]
            rest: JsonObject,
        }
        let server = frame.server.filter(|_| frame.era == Era::Modern);
        if server.is_some() || meta.is_some() {
            let mut rest = meta.unwrap_or_default();
            rest.remove("io.modelcontextprotocol/serverInfo");
            self.field("_meta", &Meta { server, rest });
        }
    }

    /// Adds a member.
    pub(crate) fn field(&mut self, key: &str, value: &(impl Serialize + ?Sized)) {
        self.key(key);
        let start = self.0.len();
        if serde_json::to_writer(&mut self.0, value).is_err() {
            self.0.truncate(start);
            self.0.extend_from_slice(b"null");
        }
    }

    /// Adds a member if there is a value.
    pub(crate) fn optional(&mut self, key: &str, value: Option<&(impl Serialize + ?Sized)>) {
        if let Some(value) = value {
            self.field(key, value);
        }
    }

    /// Adds an array whose items are JSON already.
    pub(crate) fn raw_items(&mut self, key: &str, items: &[bytes::Bytes]) {
        self.key(key);
        self.0.reserve(items.iter().map(|item| item.len() + 1).sum());
        self.0.push(b'[');
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.0.push(b',');
            }
            self.0.extend_from_slice(item);
        }
        self.0.push(b']');
    }

    fn key(&mut self, key: &str) {
        if self.0.last() != Some(&b'{') {
            self.0.push(b',');
        }
        self.0.push(b'"');
        self.0.extend_from_slice(key.as_bytes());
        self.0.extend_from_slice(b"\":");
    }

    /// Adds the members of a value that serialises as an object.
    pub(crate) fn members(&mut self, value: &impl Serialize) {
        let Ok(json) = serde_json::to_vec(value) else { return };
        let inner = json.strip_prefix(b"{").and_then(|rest| rest.strip_suffix(b"}")).unwrap_or_default();
        if inner.is_empty() {
            return;
        }
        if self.0.last() != Some(&b'{') {
            self.0.push(b',');
        }
        self.0.extend_from_slice(inner);
    }

    /// The message.
    pub(crate) fn finish(mut self) -> Vec<u8> {
        self.0.extend_from_slice(b"}}");
        self.0
    }
}

/// An error as it goes on the wire of `era`.
pub(crate) fn error_data(error: McpError, era: Era) -> ErrorData {
    let message = error.to_string();
    let (code, data) = match error {
        McpError::InvalidParams(_) | McpError::UnknownTool(_) | McpError::UnknownPrompt(_) => (-32602, None),
        McpError::UnknownResource(uri) => {
            (if era == Era::Legacy { -32002 } else { -32602 }, Some(json!({ "uri": uri })))
        }
        McpError::MethodNotFound(_) => (-32601, None),
        McpError::Limited { retry_after_secs } => (LIMITED, Some(json!({ "retryAfterSeconds": retry_after_secs }))),
        McpError::InsufficientScope(_) => (INSUFFICIENT_SCOPE, None),
        McpError::MissingCapability(required) => (
            if era == Era::Legacy { -32600 } else { MISSING_CAPABILITY },
            Some(json!({ "requiredCapabilities": required })),
        ),
        McpError::Internal => (-32603, None),
        McpError::Raw(data) => return data,
    };
    ErrorData::new(ErrorCode(code), message, data)
}

/// The message of an error; `id` is absent where it could not be read.
pub(crate) fn error_message(id: Option<&str>, error: &ErrorData) -> Vec<u8> {
    #[derive(Serialize)]
    struct Message<'a> {
        jsonrpc: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<&'a RawValue>,
        error: &'a ErrorData,
    }
    let id = id.and_then(|id| serde_json::from_str(id).ok());
    serde_json::to_vec(&Message { jsonrpc: "2.0", id, error }).unwrap_or_default()
}

/// The message of a notification.
pub(crate) fn notification(method: &str, params: &impl Serialize) -> Vec<u8> {
    #[derive(Serialize)]
    struct Message<'a, P> {
        jsonrpc: &'static str,
        method: &'a str,
        params: &'a P,
    }
    serde_json::to_vec(&Message { jsonrpc: "2.0", method, params }).unwrap_or_default()
}

/// Messages as one JSON array.
pub(crate) fn join_array(messages: &[Vec<u8>]) -> Vec<u8> {
    let mut array = vec![b'['];
    array.extend_from_slice(&messages.join(&b','));
    array.push(b']');
    array
}

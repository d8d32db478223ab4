//! Files as agents give them.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value;

/// A file in a request.
pub(super) struct File {
    pub(super) name: String,
    pub(super) content_type: Option<String>,
    pub(super) content: Vec<u8>,
}

impl File {
    /// Reads `{filename, content_type, text | base64}`.
    pub(super) fn read(argument: &str, value: &Value) -> Result<Self, String> {
        let text = |key: &str| value.get(key).and_then(Value::as_str);
        let content = match (text("text"), text("base64")) {
            (Some(content), None) => content.as_bytes().to_vec(),
            (None, Some(content)) => STANDARD
                .decode(content.split_ascii_whitespace().collect::<String>())
                .map_err(|error| format!("`{argument}.base64` is no base64: {error}"))?,
            _ => return Err(format!("`{argument}` needs either `text` or `base64`")),
        };
        Ok(Self {
            name: text("filename").unwrap_or("file").to_owned(),
            content_type: text("content_type").map(str::to_owned),
            content,
        })
    }
}

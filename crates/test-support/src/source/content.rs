//! Content of the fixture, written as JSON.

use puente_mcp::ToolResult;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// A red pixel.
pub(super) const PNG: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==";
/// A WAV file of no samples.
pub(super) const WAV: &str = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=";

/// A model type from JSON that this file spells out.
///
/// # Panics
///
/// If the JSON is not of that type: the fixture itself is wrong.
pub(crate) fn model<T: DeserializeOwned>(json: Value) -> T {
    serde_json::from_value(json).expect("the fixture's JSON is of the type it is used as")
}

/// A tool result of these content blocks.
pub(super) fn content(blocks: Value) -> ToolResult {
    ToolResult { content: model(blocks), ..ToolResult::default() }
}

pub(super) fn image() -> Value {
    json!({"type": "image", "data": PNG, "mimeType": "image/png"})
}

//! `describe_tool`: a tool as a full list would show it.

use puente_mcp::{Era, McpError, ToolResult};
use serde_json::{Map, Value, value::RawValue};

use super::unknown;
use crate::{failure::Failure, view::View};

/// Answers a call. `arguments` are checked.
pub(super) fn describe(view: &View, era: Era, arguments: &Map<String, Value>) -> Result<ToolResult, Failure> {
    let name = arguments.get("name").and_then(Value::as_str).unwrap_or_default();
    let tool = view.tools.get(name).ok_or_else(|| unknown(name))?;
    let json = String::from_utf8(tool.json(era, view.prefix).into()).ok();
    let json = json.and_then(|json| RawValue::from_string(json).ok());
    Ok(ToolResult::structured(json.ok_or(Failure::Protocol(McpError::Internal))?))
}

//! The guides as they are listed.

use std::sync::{Arc, LazyLock};

use bytes::Bytes;
use rmcp::model::{JsonObject, Tool, ToolAnnotations};
use serde_json::{Value, json};

use super::{
    Guide,
    search::{DEFAULT_LIMIT, MAX_LIMIT},
};
use crate::validate::Arguments;

/// How long a query may be, in characters.
const MAX_QUERY: usize = 1000;

/// A guide, ready to be listed and called.
pub(super) struct Definition {
    pub(super) arguments: Arguments,
    tool: Tool,
}

impl Definition {
    pub(super) fn of(guide: Guide) -> &'static Self {
        static ALL: LazyLock<[Definition; 3]> = LazyLock::new(|| [search(), describe(), call()].map(Definition::new));
        let [search, describe, call] = &*ALL;
        match guide {
            Guide::Search => search,
            Guide::Describe => describe,
            Guide::Call => call,
        }
    }

    fn new(tool: Tool) -> Self {
        Self { arguments: Arguments::new(&tool.name, &tool.input_schema), tool }
    }

    /// As it is listed. Through `call_tool` everything can be done that the tools of the view can do.
    pub(super) fn json(&self, changes_nothing: bool) -> Bytes {
        let mut tool = self.tool.clone();
        let read_only = changes_nothing || tool.name != Guide::Call.name();
        let mut hints = ToolAnnotations::default();
        hints.read_only_hint = Some(read_only);
        hints.open_world_hint = (tool.name != Guide::Call.name()).then_some(false);
        tool.annotations = Some(hints);
        serde_json::to_vec(&tool).unwrap_or_default().into()
    }
}

fn search() -> Tool {
    let description = "Finds tools of this server by what they do, the best matches first. Describe one before you \
                       call it, unless you know its arguments. An empty query goes through all tools by name.";
    let input = json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["query"],
        "properties": {
            "query": {
                "type": "string", "maxLength": MAX_QUERY,
                "description": "Words for what is to be done, as `list unpaid invoices`",
            },
            "limit": {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
            "offset": {"type": "integer", "minimum": 0, "default": 0, "description": "How many matches to pass over"},
        },
    });
    let output = json!({
        "type": "object",
        "required": ["tools", "total"],
        "properties": {
            "tools": {"type": "array", "items": {
                "type": "object",
                "required": ["name", "description", "read_only"],
                "properties": {
                    "name": {"type": "string"},
                    "title": {"type": "string"},
                    "description": {"type": "string"},
                    "read_only": {"type": "boolean", "description": "Whether it changes nothing"},
                },
            }},
            "total": {"type": "integer", "description": "How many tools match"},
        },
    });
    tool(Guide::Search, "Search tools", description, input, Some(output))
}

fn describe() -> Tool {
    let description = "Describes a tool that search_tools found: what it does, and the JSON Schema of its arguments.";
    let input = json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["name"],
        "properties": {"name": {"type": "string", "description": "As search_tools names it"}},
    });
    let output = json!({
        "type": "object",
        "required": ["name", "inputSchema"],
        "properties": {
            "name": {"type": "string"},
            "description": {"type": "string"},
            "inputSchema": {"type": "object"},
            "outputSchema": {"type": "object"},
        },
    });
    tool(Guide::Describe, "Describe a tool", description, input, Some(output))
}

fn call() -> Tool {
    let description = "Calls a tool that search_tools found. What it answers is that tool's result.";
    let input = json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["name"],
        "properties": {
            "name": {"type": "string", "description": "As search_tools names it"},
            "arguments": {"type": "object", "description": "As describe_tool describes them"},
        },
    });
    tool(Guide::Call, "Call a tool", description, input, None)
}

fn tool(guide: Guide, title: &str, description: &'static str, input: Value, output: Option<Value>) -> Tool {
    let mut tool = Tool::new(guide.name(), description, object(input));
    tool.title = Some(title.to_owned());
    tool.output_schema = output.map(object);
    tool
}

fn object(schema: Value) -> Arc<JsonObject> {
    match schema {
        Value::Object(object) => object.into(),
        _ => Arc::default(),
    }
}

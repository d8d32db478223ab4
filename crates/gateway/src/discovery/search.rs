//! `search_tools`: the tools of a view that fit a query, the best first.

use puente_mcp::{McpError, ToolResult};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, value::to_raw_value};

use super::{
    Guides,
    index::{Document, Index},
};
use crate::{catalog::CatalogTool, failure::Failure, view::View};

/// How many matches an answer holds if the caller does not say.
pub(super) const DEFAULT_LIMIT: usize = 10;
/// … and at most.
pub(super) const MAX_LIMIT: usize = 50;
/// How much of a description an answer shows, in characters.
const SHOWN: usize = 300;

#[derive(Deserialize)]
struct Asked {
    query: String,
    limit: Option<usize>,
    #[serde(default)]
    offset: usize,
}

#[derive(Serialize)]
struct Found<'a> {
    tools: Vec<Match<'a>>,
    total: usize,
}

#[derive(Serialize)]
struct Match<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    description: String,
    read_only: bool,
}

impl Guides {
    /// Answers a call. `arguments` are checked.
    pub(super) fn search(&self, view: &View, arguments: Map<String, Value>) -> Result<ToolResult, Failure> {
        let asked: Asked = serde_json::from_value(Value::Object(arguments))
            .map_err(|error| Failure::tool(format!("invalid arguments: {error}")))?;
        let found = self.find(view, &asked.query);
        let limit = asked.limit.unwrap_or(DEFAULT_LIMIT);
        let tools = found.iter().skip(asked.offset).take(limit).filter_map(|index| {
            let listed = view.tools.at(*index)?;
            Some(shown(&listed.key, &listed.item))
        });
        let answer = to_raw_value(&Found { tools: tools.collect(), total: found.len() });
        Ok(ToolResult::structured(answer.map_err(|_| Failure::Protocol(McpError::Internal))?))
    }

    /// Places on the shelf: a tool that is called like the query comes first.
    fn find(&self, view: &View, query: &str) -> Vec<usize> {
        let query = query.trim();
        if query.is_empty() {
            return (0..view.tools.len()).collect();
        }
        let index = self.index.get_or_init(|| Index::new(view.tools.iter().map(|listed| document(&listed.item))));
        let mut found = index.search(query);
        if let Some(named) = view.tools.place(query) {
            found.retain(|place| *place != named);
            found.insert(0, named);
        }
        found
    }
}

fn document(tool: &CatalogTool) -> Document<'_> {
    let listed = tool.listed();
    let properties = listed.input_schema.get("properties").and_then(Value::as_object);
    Document {
        name: &tool.address,
        title: listed.title.as_deref().unwrap_or_default(),
        description: listed.description.as_deref().unwrap_or_default(),
        parameters: properties.into_iter().flatten().map(parameter).collect(),
    }
}

fn parameter<'a>((name, schema): (&'a String, &'a Value)) -> (&'a str, &'a str) {
    (name, schema.get("description").and_then(Value::as_str).unwrap_or_default())
}

fn shown<'a>(name: &'a str, tool: &'a CatalogTool) -> Match<'a> {
    let listed = tool.listed();
    let whole = listed.description.as_deref().unwrap_or_default();
    let mut description: String = whole.chars().take(SHOWN).collect();
    if description.len() < whole.len() {
        description.push('…');
    }
    Match { name, title: listed.title.as_deref(), description, read_only: tool.effect.is_read_only() }
}

//! Arguments that a tool wants repeated in headers (2026-07-28, Streamable HTTP, "Custom Headers"). Standard input has
//! no headers, so a client there does not send them.

use anyhow::Context;
use serde_json::{Map, Value, json};

use super::{
    Upstream,
    exchange::Answer,
    message::{Message, header_value},
};

/// More pages than any list of tools has.
const MOST_PAGES: usize = 1000;

/// The headers of this call, from the tool's schema.
pub(super) async fn headers(upstream: &Upstream, call: &Message) -> anyhow::Result<Vec<(String, String)>> {
    let name = call.params()["name"].as_str().unwrap_or_default();
    let schema = schema(upstream, call, name).await?;
    let mut found = Vec::new();
    collect(&schema, &call.params()["arguments"], &mut found);
    Ok(found)
}

async fn schema(upstream: &Upstream, call: &Message, tool: &str) -> anyhow::Result<Value> {
    let mut cursor = Value::Null;
    for _ in 0..MOST_PAGES {
        let mut params = Map::from_iter([("_meta".to_owned(), call.params()["_meta"].clone())]);
        if !cursor.is_null() {
            params.insert("cursor".to_owned(), cursor);
        }
        let text =
            json!({"jsonrpc": "2.0", "id": "puente-schema", "method": "tools/list", "params": params}).to_string();
        let list = Message::parse(&text).map_err(anyhow::Error::msg)?;
        let mut answer = Answer::of(upstream.post(&list).body(text).send().await?).await?.message().await?;
        let tools = answer["result"]["tools"].as_array().context("the server does not list its tools")?;
        if let Some(found) = tools.iter().find(|found| found["name"] == tool) {
            return Ok(found["inputSchema"].clone());
        }
        cursor = answer["result"]["nextCursor"].take();
        if cursor.is_null() {
            break;
        }
    }
    Ok(Value::Null)
}

fn collect(schema: &Value, arguments: &Value, found: &mut Vec<(String, String)>) {
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let argument = &arguments[name];
        let text = match argument {
            Value::String(text) => Some(text.clone()),
            Value::Bool(_) | Value::Number(_) => Some(argument.to_string()),
            _ => None,
        };
        if let (Some(header), Some(text)) = (property["x-mcp-header"].as_str(), text) {
            found.push((format!("Mcp-Param-{header}"), header_value(&text)));
        }
        collect(property, argument, found);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn annotated_arguments_become_headers() {
        let schema = json!({"properties": {
            "region": {"type": "string", "x-mcp-header": "Region"},
            "page": {"type": "object", "properties": {"size": {"type": "integer", "x-mcp-header": "Size"}}},
            "absent": {"type": "string", "x-mcp-header": "Absent"},
            "plain": {"type": "string"},
        }});
        let mut found = Vec::new();
        collect(&schema, &json!({"region": "Málaga", "page": {"size": 42}, "plain": "x"}), &mut found);
        let text = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(found, [text("Mcp-Param-Region", "=?base64?TcOhbGFnYQ==?="), text("Mcp-Param-Size", "42")]);
    }
}

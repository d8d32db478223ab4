//! `ui://` resources (MCP Apps): their addresses are the servers' own inventions, so those of two sources may be the
//! same. Where tools get their source's name as a prefix, these addresses get it, too, wherever they are said.

use std::borrow::Cow;

use puente_domain::Name;
use puente_mcp::ToolResult;
use rmcp::model::{ReadResourceResult, ResourceContents, Tool};
use serde_json::{Map, Value, value::RawValue};

const SCHEME: &str = "ui://";

/// As clients know it: `ui://source.address`.
pub(crate) fn client_uri<'a>(source: &Name, uri: &'a str, prefix: bool) -> Cow<'a, str> {
    match uri.strip_prefix(SCHEME).filter(|_| prefix) {
        Some(rest) => Cow::Owned(format!("{SCHEME}{source}.{rest}")),
        None => Cow::Borrowed(uri),
    }
}

/// As its source knows it.
pub(crate) fn source_uri<'a>(source: &Name, uri: &'a str, prefix: bool) -> Cow<'a, str> {
    let own = || uri.strip_prefix(SCHEME)?.strip_prefix(source.as_str())?.strip_prefix('.');
    match own().filter(|_| prefix) {
        Some(rest) => Cow::Owned(format!("{SCHEME}{rest}")),
        None => Cow::Borrowed(uri),
    }
}

/// The links in a tool's `_meta`: `ui.resourceUri`, and the older `ui/resourceUri`.
pub(crate) fn rewrite_tool(source: &Name, tool: &mut Tool) {
    let Some(meta) = &mut tool.meta else { return };
    if let Some(Value::Object(ui)) = meta.0.get_mut("ui") {
        rewrite_member(source, ui, "resourceUri");
    }
    rewrite_member(source, &mut meta.0, "ui/resourceUri");
}

/// Addresses in what was read.
pub(crate) fn rewrite_read(source: &Name, result: &mut ReadResourceResult) {
    for contents in &mut result.contents {
        let (ResourceContents::TextResourceContents { uri, .. } | ResourceContents::BlobResourceContents { uri, .. }) =
            contents
        else {
            continue;
        };
        *uri = client_uri(source, uri, true).into_owned();
    }
}

/// Links and embedded resources in a result. Nothing else of it is touched, and without them it stays as it was.
pub(crate) fn rewrite_result(source: &Name, result: &mut ToolResult) {
    let Some(raw) = result.raw_content.as_ref().filter(|raw| raw.get().contains("\"ui://")) else { return };
    let Ok(mut blocks) = serde_json::from_str::<Vec<Value>>(raw.get()) else { return };
    for block in blocks.iter_mut().filter_map(Value::as_object_mut) {
        rewrite_member(source, block, "uri");
        if let Some(Value::Object(resource)) = block.get_mut("resource") {
            rewrite_member(source, resource, "uri");
        }
    }
    if let Ok(raw) = serde_json::to_string(&blocks).and_then(RawValue::from_string) {
        result.raw_content = Some(raw);
    }
}

fn rewrite_member(source: &Name, holder: &mut Map<String, Value>, member: &str) {
    if let Some(Value::String(uri)) = holder.get_mut(member) {
        *uri = client_uri(source, uri, true).into_owned();
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn addresses_go_there_and_back() {
        let source: Name = "clock".parse().unwrap();
        for uri in ["ui://view/app.html", "ui://clock.view", "file:///a", "ui://"] {
            let client = client_uri(&source, uri, true);
            assert_eq!(source_uri(&source, &client, true), uri);
            assert_eq!(client_uri(&source, uri, false), uri);
        }
        assert_eq!(client_uri(&source, "ui://view", true), "ui://clock.view");
        assert_eq!(source_uri(&source, "ui://other.view", true), "ui://other.view");
    }

    #[test]
    fn links_follow_their_resources() {
        let source: Name = "clock".parse().unwrap();
        let mut tool: Tool = serde_json::from_value(json!({
            "name": "show", "inputSchema": {"type": "object"},
            "_meta": {"ui": {"resourceUri": "ui://view", "visibility": ["model"]}, "ui/resourceUri": "ui://view"},
        }))
        .unwrap();
        rewrite_tool(&source, &mut tool);
        let meta = serde_json::to_value(&tool.meta).unwrap();
        assert_eq!(
            meta,
            json!({"ui": {"resourceUri": "ui://clock.view", "visibility": ["model"]}, "ui/resourceUri": "ui://clock.view"})
        );
        let content = r#"[{"type":"resource_link","uri":"ui://view","name":"x"},{"type":"text","text":"ui://view"}]"#;
        let raw = RawValue::from_string(content.to_owned()).unwrap();
        let mut result = ToolResult { raw_content: Some(raw), ..ToolResult::default() };
        rewrite_result(&source, &mut result);
        let expected = content.replacen("ui://view", "ui://clock.view", 1);
        assert_eq!(result.raw_content.unwrap().get(), expected);
    }
}

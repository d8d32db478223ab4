//! Results of tools, passed on as they were written.

use puente_mcp::ToolResult;
use rmcp::model::JsonObject;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::error::LinkError;

/// What every modern upstream says about itself; our clients talk to us.
const SERVER_INFO: &str = "io.modelcontextprotocol/serverInfo";

/// Reads a `CallToolResult` one level deep: content and structured content stay as they are.
pub(super) fn tool(result: &RawValue) -> Result<ToolResult, LinkError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Raw {
        content: Option<Box<RawValue>>,
        structured_content: Option<Box<RawValue>>,
        is_error: Option<bool>,
        #[serde(rename = "_meta")]
        meta: Option<JsonObject>,
    }
    let raw: Raw = serde_json::from_str(result.get()).map_err(|error| LinkError::Garbage(error.into()))?;
    if raw.content.as_ref().is_some_and(|content| !content.get().starts_with('[')) {
        return Err(LinkError::garbage("the `content` of a result is no list"));
    }
    let mut meta = raw.meta;
    if let Some(meta) = &mut meta {
        meta.shift_remove(SERVER_INFO);
    }
    Ok(ToolResult {
        raw_content: raw.content,
        structured: raw.structured_content.filter(|structured| structured.get() != "null"),
        is_error: raw.is_error.unwrap_or(false),
        meta: meta.filter(|meta| !meta.is_empty()),
        ..ToolResult::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_upstream_wrote_stays_as_it_was() {
        let text = r#"{"content":[ {"type":"text","text":"\u00e9","x-own":1} ],"structuredContent":{"b":1,"a":1.0},
            "_meta":{"io.modelcontextprotocol/serverInfo":{"name":"x"},"own":true},"resultType":"complete"}"#;
        let result = tool(&RawValue::from_string(text.to_owned()).unwrap()).unwrap();
        assert_eq!(result.raw_content.unwrap().get(), r#"[ {"type":"text","text":"\u00e9","x-own":1} ]"#);
        assert_eq!(result.structured.unwrap().get(), r#"{"b":1,"a":1.0}"#);
        assert_eq!(serde_json::to_string(&result.meta).unwrap(), r#"{"own":true}"#);
    }
}

//! Resources.

use puente_mcp::McpError;
use puente_sources::SourceError;
use rmcp::model::ReadResourceResult;
use serde_json::json;

use super::content::{PNG, model};

pub(super) fn read(uri: &str) -> Result<ReadResourceResult, SourceError> {
    let contents = match uri {
        "test://static-text" => {
            let text = "This is the content of the static text resource.";
            json!({"uri": uri, "mimeType": "text/plain", "text": text})
        }
        "test://static-binary" => json!({"uri": uri, "mimeType": "image/png", "blob": PNG}),
        "test://watched-resource" => json!({"uri": uri, "mimeType": "text/plain", "text": "Watched resource content."}),
        _ => {
            let id = uri.strip_prefix("test://template/").and_then(|rest| rest.strip_suffix("/data"));
            let id = id.ok_or_else(|| McpError::UnknownResource(uri.to_owned()))?;
            let text = json!({"id": id, "templateTest": true, "data": format!("Data for ID: {id}")}).to_string();
            json!({"uri": uri, "mimeType": "application/json", "text": text})
        }
    };
    Ok(model(json!({"contents": [contents]})))
}

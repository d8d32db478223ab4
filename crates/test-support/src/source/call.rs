//! The tools that answer at once, and those that tell something meanwhile.

use std::time::Duration;

use puente_mcp::{ClientCapabilities, LoggingLevel, McpError, Outcome, ToolResult};
use puente_sources::{Call, SourceError};
use rmcp::model::SamplingCapability;
use serde_json::{Value, json};
use tokio::time::sleep;

use super::{
    content::{WAV, content, image},
    rounds, tasks,
};

/// Long enough that a client tells the notifications apart, as the suite asks for.
const PAUSE: Duration = Duration::from_millis(50);

pub(super) async fn call(call: &Call<'_>) -> Result<Outcome<ToolResult>, SourceError> {
    if let Some(result) = plain(call.tool) {
        return Ok(Outcome::Complete(result));
    }
    let result = match call.tool {
        "test_tool_with_logging" => logging(call).await,
        "test_tool_with_progress" => progress(call).await,
        "test_reconnection" => reconnection(call).await,
        "test_logging_tool" => {
            call.client.log(LoggingLevel::Info, Some("test"), json!("only for those who asked"));
            ToolResult::text("Logged.")
        }
        "test_missing_capability" => return missing_capability(call),
        "test_custom_header" => ToolResult::text(format!("Region: {}", text(call, "region"))),
        "greet" => ToolResult::text(format!("Hello, {}!", text(call, "name"))),
        "slow_compute" | "failing_job" | "protocol_error_job" => return tasks::call(call).await,
        _ => return rounds::call(call).await,
    };
    Ok(Outcome::Complete(result))
}

/// Results that depend on nothing.
fn plain(tool: &str) -> Option<ToolResult> {
    let resource = |uri: &str, kind: &str, text: &str| json!({"type": "resource", "resource": {"uri": uri, "mimeType": kind, "text": text}});
    Some(match tool {
        "test_simple_text" => ToolResult::text("This is a simple text response for testing."),
        "test_image_content" => content(json!([image()])),
        "test_audio_content" => content(json!([{"type": "audio", "data": WAV, "mimeType": "audio/wav"}])),
        "test_embedded_resource" => content(json!([resource(
            "test://embedded-resource",
            "text/plain",
            "This is an embedded resource content."
        )])),
        "test_multiple_content_types" => content(json!([
            {"type": "text", "text": "Multiple content types test:"},
            image(),
            resource("test://mixed-content-resource", "application/json", r#"{"test":"data","value":123}"#),
        ])),
        "test_error_handling" => ToolResult::error("This tool intentionally returns an error for testing"),
        "json_schema_2020_12_tool" => ToolResult::text("ok"),
        "test_dynamic_tool" => ToolResult::text("I come and go."),
        _ => return None,
    })
}

/// A string argument; empty if absent.
pub(super) fn text<'a>(call: &'a Call<'_>, name: &str) -> &'a str {
    call.arguments.get(name).and_then(Value::as_str).unwrap_or_default()
}

async fn logging(call: &Call<'_>) -> ToolResult {
    for (index, message) in
        ["Tool execution started", "Tool processing data", "Tool execution completed"].into_iter().enumerate()
    {
        if index > 0 {
            sleep(PAUSE).await;
        }
        call.client.log(LoggingLevel::Info, None, json!(message));
    }
    ToolResult::text("Tool with logging executed successfully")
}

async fn progress(call: &Call<'_>) -> ToolResult {
    for done in [0.0, 50.0, 100.0] {
        call.client.progress(done, Some(100.0), None);
        sleep(PAUSE).await;
    }
    ToolResult::text("Tool with progress executed successfully")
}

/// Ends its stream in the middle (SEP-1699); the client polls for the result.
async fn reconnection(call: &Call<'_>) -> ToolResult {
    call.client.close_stream();
    sleep(PAUSE * 2).await;
    ToolResult::text("Reconnection test completed successfully")
}

fn missing_capability(call: &Call<'_>) -> Result<Outcome<ToolResult>, SourceError> {
    if call.client.capabilities.sampling.is_some() {
        return Ok(Outcome::Complete(ToolResult::text("The client can sample.")));
    }
    let mut required = ClientCapabilities::default();
    required.sampling = Some(SamplingCapability::default());
    Err(McpError::MissingCapability(Box::new(required)).into())
}

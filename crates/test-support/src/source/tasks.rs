//! The tools that run as tasks.

use std::time::Duration;

use puente_mcp::{McpError, Outcome, ToolResult};
use puente_sources::{Call, SourceError};
use serde_json::{Value, json};
use tokio::time::sleep;

use super::{
    call::text,
    rounds::{ask, form, name},
};

type Called = Result<Outcome<ToolResult>, SourceError>;

/// How long jobs work before they come to their point: longer than a server waits for a quick result.
const WORK: Duration = Duration::from_millis(500);

pub(super) async fn call(call: &Call<'_>) -> Called {
    match call.tool {
        "slow_compute" => slow_compute(call).await,
        "failing_job" => {
            sleep(WORK).await;
            Ok(Outcome::Complete(ToolResult::error("The job failed, as it always does.")))
        }
        _ => {
            sleep(WORK).await;
            Err(McpError::Internal.into())
        }
    }
}

async fn slow_compute(call: &Call<'_>) -> Called {
    let seconds = call.arguments.get("seconds").and_then(Value::as_f64).unwrap_or(1.0).clamp(0.0, 3600.0);
    tokio::select! {
        () = call.cancel.cancelled() => Err(SourceError::Cancelled),
        () = sleep(Duration::from_secs_f64(seconds)) => {
            Ok(Outcome::Complete(ToolResult::text(format!("Computed {} in {seconds} s", text(call, "label")))))
        }
    }
}

/// Those that ask: two while they run, one before.
pub(super) async fn asking(call: &Call<'_>) -> Outcome<ToolResult> {
    let answers = &call.inputs.responses;
    match call.tool {
        "test_tool_with_task" => match answers.get("user_name") {
            None => ask([("user_name", name())], None),
            Some(answer) => {
                sleep(WORK).await;
                Outcome::Complete(ToolResult::text(format!("Hello, {}!", answer["content"]["name"])))
            }
        },
        "confirm_delete" => match answers.get("confirm") {
            None => {
                sleep(WORK).await;
                let question = format!("Delete {}?", text(call, "filename"));
                let confirm = form(&question, &json!({"confirm": {"type": "boolean"}}), &["confirm"]);
                ask([("confirm", confirm)], None)
            }
            Some(answer) if answer["content"]["confirm"] == json!(true) => {
                Outcome::Complete(ToolResult::text(format!("Deleted {}", text(call, "filename"))))
            }
            Some(_) => Outcome::Complete(ToolResult::text("Nothing was deleted.")),
        },
        _ if answers.len() >= 2 => Outcome::Complete(ToolResult::text("Both answers received.")),
        _ => {
            sleep(WORK).await;
            let color = form("What is your favorite color?", &json!({"color": {"type": "string"}}), &["color"]);
            ask([("name", name()), ("color", color)], None)
        }
    }
}

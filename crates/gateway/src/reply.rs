//! The end of a call: its audit row is closed, and it is answered in the client's era.

use std::borrow::Cow;

use puente_domain::audit;
use puente_mcp::{Era, McpError, Outcome, ToolResult};
use rmcp::model::ContentBlock;
use serde_json::value::RawValue;

use crate::{audit::Scope, catalog::CatalogTool, failure::Failure};

/// Closes the row of a tool call, and makes tool errors of what the agent can act on.
pub(crate) async fn tool(
    mut scope: Scope,
    result: Result<Outcome<ToolResult>, Failure>,
) -> Result<Outcome<ToolResult>, McpError> {
    match result {
        Ok(Outcome::Complete(result)) => {
            scope.note(|event| event.bytes = i64::try_from(size(&result)).unwrap_or(i64::MAX));
            let outcome = if result.is_error { audit::Outcome::Error } else { audit::Outcome::Ok };
            let blocks = if result.is_error { result.blocks() } else { Cow::default() };
            scope.close(outcome, blocks.first().and_then(text)).await;
            Ok(Outcome::Complete(result))
        }
        Ok(Outcome::InputRequired(required)) => {
            scope.close(audit::Outcome::Ok, Some("the client is asked for input")).await;
            Ok(Outcome::InputRequired(required))
        }
        Ok(Outcome::Task(task)) => {
            scope.close(audit::Outcome::Ok, Some(&format!("goes on as task {}", task.0.task_id))).await;
            Ok(Outcome::Task(task))
        }
        Err(failure) => {
            scope.close(failure.outcome(), Some(&failure.message())).await;
            match failure {
                Failure::Tool { message, .. } => Ok(Outcome::Complete(ToolResult::error(message))),
                other => Err(other.into_protocol()),
            }
        }
    }
}

/// Closes the row of a request that has no tool errors.
pub(crate) async fn other<T>(scope: Scope, result: Result<T, Failure>) -> Result<T, McpError> {
    match result {
        Ok(answer) => {
            scope.close(audit::Outcome::Ok, None).await;
            Ok(answer)
        }
        Err(failure) => {
            scope.close(failure.outcome(), Some(&failure.message())).await;
            Err(failure.into_protocol())
        }
    }
}

/// For legacy clients a structured result is wrapped if its schema is, see [`CatalogTool::wraps_output`], or if it has
/// none and is no object.
pub(crate) fn for_era(tool: &CatalogTool, era: Era, mut result: ToolResult) -> ToolResult {
    if era == Era::Legacy
        && let Some(structured) = result
            .structured
            .take_if(|structured| tool.wraps_output() || (!tool.has_output_schema() && !is_object(structured)))
    {
        let wrapped = RawValue::from_string(format!(r#"{{"result":{}}}"#, structured.get()));
        result.structured = Some(wrapped.unwrap_or(structured));
    }
    result
}

fn is_object(json: &RawValue) -> bool {
    json.get().starts_with('{')
}

/// How large a result is: what it says, not how often it says it.
pub(crate) fn size(result: &ToolResult) -> usize {
    let structured = result.structured.as_ref().map_or(0, |structured| structured.get().len());
    let content = match &result.raw_content {
        None => result.content.iter().map(block_size).sum(),
        Some(raw) => raw.get().len(),
    };
    structured.max(content)
}

fn block_size(block: &ContentBlock) -> usize {
    match block {
        ContentBlock::Text(text) => text.text.len(),
        other => serde_json::to_vec(other).map_or(0, |json| json.len()),
    }
}

/// The text of a block, if it is one.
pub(crate) fn text(block: &ContentBlock) -> Option<&str> {
    match block {
        ContentBlock::Text(text) => Some(&text.text),
        _ => None,
    }
}

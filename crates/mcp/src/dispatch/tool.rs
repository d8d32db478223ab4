//! `tools/call`.

use serde::Serialize;
use serde_json::value::RawValue;

use super::Dispatch;
use crate::{CallTool, Era, Handler, Inputs, McpError, Outcome, ToolResult, reply::ResultWriter};

impl<H: Handler> Dispatch<'_, H> {
    pub(super) async fn call_tool(&self, inputs: Inputs) -> Result<Outcome<Vec<u8>>, McpError> {
        let params = &self.request.params;
        let name = params.required_text("name")?;
        let call = CallTool {
            name: &name,
            arguments: params.object("arguments")?,
            inputs,
            header_params: self.header_params.clone(),
        };
        let outcome = self.handler.call_tool(self.cx, call).await?;
        Ok(outcome.map(|result| self.tool_result(result)))
    }

    fn tool_result(&self, result: ToolResult) -> Vec<u8> {
        let mut writer = ResultWriter::complete(self.request.id, &self.frame, result.meta);
        match &result.raw_content {
            None => writer.field("content", &result.content),
            Some(raw) => writer.field("content", raw),
        }
        match result.structured.as_deref() {
            Some(structured) if self.frame.era == Era::Legacy && !structured.get().starts_with('{') => {
                writer.field("structuredContent", &Wrapped { result: structured });
            }
            structured => writer.optional("structuredContent", structured),
        }
        if result.is_error {
            writer.field("isError", &true);
        }
        writer.finish()
    }
}

/// Up to 2025-11-25 `structuredContent` must be an object.
#[derive(Serialize)]
struct Wrapped<'a> {
    result: &'a RawValue,
}

//! `prompts/get`.

use rmcp::model::GetPromptResult;
use serde_json::{Map, Value};

use super::Dispatch;
use crate::{GetPrompt, Handler, Inputs, McpError, Outcome, reply::ResultWriter};

impl<H: Handler> Dispatch<'_, H> {
    pub(super) async fn get_prompt(&self, inputs: Inputs) -> Result<Outcome<Vec<u8>>, McpError> {
        let name = self.request.params.required_text("name")?;
        let arguments = strings("arguments", self.request.params.parsed("arguments")?)?;
        let outcome = self.handler.get_prompt(self.cx, GetPrompt { name: &name, arguments, inputs }).await?;
        Ok(outcome.map(|prompt| self.prompt(prompt)))
    }

    fn prompt(&self, prompt: GetPromptResult) -> Vec<u8> {
        let meta = prompt.meta.map(|meta| meta.0);
        let mut writer = ResultWriter::complete(self.request.id, &self.frame, meta);
        writer.optional("description", prompt.description.as_deref());
        writer.field("messages", &prompt.messages);
        writer.finish()
    }
}

/// Checks that every value is a string, as prompts and completion ask for.
pub(super) fn strings(key: &str, map: Option<Map<String, Value>>) -> Result<Map<String, Value>, McpError> {
    let map = map.unwrap_or_default();
    match map.iter().find(|(_, value)| !value.is_string()) {
        Some((name, _)) => Err(McpError::InvalidParams(format!("`{key}.{name}` must be a string"))),
        None => Ok(map),
    }
}

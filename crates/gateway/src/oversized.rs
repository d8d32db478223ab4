//! Results beyond the byte budget: stored for their caller, and answered with a preview and a link. Never a silent cut.

use std::sync::Arc;

use base64::{Engine, engine::general_purpose::STANDARD};
use puente_domain::{ResultId, Subject, session::StoredResult};
use puente_mcp::{McpError, ToolResult};
use rmcp::model::{ContentBlock, ReadResourceResult, Resource, ResourceContents};
use serde_json::{Map, Value, value::RawValue};

use crate::{Gateway, catalog::CatalogTool, failure::Failure, reply};

/// The scheme and authority of stored results.
pub(crate) const RESULTS: &str = "puente://results/";
/// How much of a result its preview shows, in bytes.
const PREVIEW: usize = 2048;

impl Gateway {
    /// Passes a result on if it is within the tool's budget; else stores it and makes a preview of it.
    pub(crate) async fn fit(
        &self,
        tool: &Arc<CatalogTool>,
        subject: Subject,
        result: ToolResult,
    ) -> Result<ToolResult, Failure> {
        let result = self.attach(subject, result).await?;
        let budget = tool.settings.max_result_bytes.unwrap_or(self.settings.max_result_bytes);
        let size = reply::size(&result);
        if size <= budget {
            return Ok(result);
        }
        if size > self.settings.max_stored_bytes {
            let limit_bytes = self.settings.max_stored_bytes;
            return Err(Failure::tool(puente_sources::SourceError::TooLarge { limit_bytes }.to_string()));
        }
        let (mime_type, body) = body(&result);
        let stored = self.stored(subject, mime_type, body);
        self.keep(&stored).await?;
        Ok(preview(tool, &result, &stored, budget))
    }

    /// A result that its caller can read for a while.
    pub(crate) fn stored(&self, subject: Subject, mime_type: &str, body: Vec<u8>) -> StoredResult {
        let now = self.clock.now();
        StoredResult {
            id: ResultId::new(),
            subject,
            mime_type: mime_type.to_owned(),
            body,
            expires_at: now + self.settings.result_ttl,
            created_at: now,
        }
    }

    /// Writes it down, sealed.
    pub(crate) async fn keep(&self, stored: &StoredResult) -> Result<(), Failure> {
        let store = async {
            let body = self.vault.seal(&context(stored.id), &stored.body);
            let mut transaction = self.storage.write().await?;
            transaction.results().add(&StoredResult { body, mime_type: stored.mime_type.clone(), ..*stored }).await?;
            transaction.save().await
        };
        store.await.map_err(|error| {
            tracing::error!(error = &error as &dyn std::error::Error, "a large result could not be stored");
            Failure::Protocol(McpError::Internal)
        })
    }

    /// A stored result, for the caller that it is for.
    pub(crate) async fn read_result(&self, subject: Subject, uri: &str) -> Result<ReadResourceResult, Failure> {
        let unknown = || Failure::Unknown(McpError::UnknownResource(uri.to_owned()));
        let id: ResultId = uri.strip_prefix(RESULTS).and_then(|id| id.parse().ok()).ok_or_else(unknown)?;
        let read = async { self.storage.read().await?.results().get(id, subject, self.clock.now()).await };
        let stored = read.await.map_err(|error| {
            tracing::error!(error = &error as &dyn std::error::Error, "a stored result could not be read");
            Failure::Protocol(McpError::Internal)
        })?;
        let stored = stored.ok_or_else(unknown)?;
        let body = self.vault.open(&context(id), &stored.body).ok_or_else(|| {
            tracing::error!(%id, "a stored result is sealed with a key that is not in ENCRYPTION_KEY");
            Failure::Protocol(McpError::Internal)
        })?;
        let (uri, mime_type) = (uri.to_owned(), Some(stored.mime_type));
        let contents = match String::from_utf8(body) {
            Ok(text) => ResourceContents::TextResourceContents { uri, mime_type, text, meta: None },
            Err(bytes) => {
                let blob = STANDARD.encode(bytes.as_bytes());
                ResourceContents::BlobResourceContents { uri, mime_type, blob, meta: None }
            }
        };
        Ok(ReadResourceResult::new(vec![contents]))
    }
}

/// What a stored result is sealed as.
fn context(id: ResultId) -> String {
    format!("result:{id}")
}

fn body(result: &ToolResult) -> (&'static str, Vec<u8>) {
    if let Some(structured) = &result.structured {
        return ("application/json", structured.get().as_bytes().to_vec());
    }
    match &*result.blocks() {
        [only] if reply::text(only).is_some() => {
            ("text/plain", reply::text(only).unwrap_or_default().as_bytes().to_vec())
        }
        blocks => ("application/json", serde_json::to_vec(blocks).unwrap_or_default()),
    }
}

fn preview(tool: &CatalogTool, result: &ToolResult, stored: &StoredResult, budget: usize) -> ToolResult {
    let uri = format!("{RESULTS}{}", stored.id);
    let size = stored.body.len();
    let structured = result.structured.as_deref().and_then(|whole| cut(tool, whole, budget));
    let shown = match &structured {
        Some(structured) => structured.get().to_owned(),
        None => head(&stored.body, PREVIEW.min(budget / 2)),
    };
    let note = format!(
        "This is only a part: the result has {size} bytes. All of it can be read as the resource {uri} until {}. \
         Or ask for less (a limit, a filter, fewer columns).",
        stored.expires_at
    );
    let mut link = Resource::new(uri, "result").with_mime_type(stored.mime_type.clone());
    link.size = Some(size as u64);
    ToolResult {
        content: vec![ContentBlock::text(shown), ContentBlock::text(note), ContentBlock::ResourceLink(link)],
        // Clients take a result without the structure that its schema promises for broken, an error not.
        is_error: result.is_error || (tool.has_output_schema() && structured.is_none()),
        structured,
        meta: result.meta.clone(),
        raw_content: None,
    }
}

/// A shorter structured result that still keeps to its schema: lists at the top are cut, and `truncated` becomes true.
fn cut(tool: &CatalogTool, whole: &RawValue, budget: usize) -> Option<Box<RawValue>> {
    let mut value: Map<String, Value> = serde_json::from_str(whole.get()).ok()?;
    let mut room = PREVIEW.min(budget / 2);
    let mut was_cut = false;
    for item in value.values_mut() {
        if let Value::Array(items) = item {
            let fits = items
                .iter()
                .position(|item| {
                    let size = item.to_string().len();
                    let full = size > room;
                    room = room.saturating_sub(size);
                    full
                })
                .unwrap_or(items.len());
            was_cut |= fits < items.len();
            items.truncate(fits);
        }
    }
    if let Some(truncated @ Value::Bool(_)) = value.get_mut("truncated") {
        *truncated = Value::Bool(true);
    }
    let value = Value::Object(value);
    if !was_cut || !tool.accepts_output(&value) {
        return None;
    }
    let text = value.to_string();
    (text.len() <= budget).then(|| RawValue::from_string(text).ok()).flatten()
}

/// The first bytes, up to a whole character.
fn head(body: &[u8], max: usize) -> String {
    let mut end = max.min(body.len());
    while end > 0 && end < body.len() && (body[end] & 0xC0) == 0x80 {
        end -= 1;
    }
    String::from_utf8_lossy(&body[..end]).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preview_ends_with_a_whole_character() {
        assert_eq!(head("aé€".as_bytes(), 2), "a");
        assert_eq!(head("aé€".as_bytes(), 3), "aé");
        assert_eq!(head("aé€".as_bytes(), 5), "aé");
        assert_eq!(head("aé€".as_bytes(), 100), "aé€");
    }
}

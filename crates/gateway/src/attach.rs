//! Files within results: stored for their caller, and answered with a link.

use base64::{Engine, engine::general_purpose::STANDARD};
use puente_domain::Subject;
use puente_mcp::ToolResult;
use puente_sources::ATTACHMENT;
use rmcp::model::{ContentBlock, Resource, ResourceContents};

use crate::{Gateway, failure::Failure, oversized::RESULTS};

impl Gateway {
    /// Puts links in the place of files that a source attached.
    pub(crate) async fn attach(&self, subject: Subject, mut result: ToolResult) -> Result<ToolResult, Failure> {
        if !result.content.iter().any(|block| attached(block).is_some()) {
            return Ok(result);
        }
        let mut content = Vec::with_capacity(result.content.len() + 1);
        for block in std::mem::take(&mut result.content) {
            match attached(&block) {
                Some((name, mime_type, blob)) => content.extend(self.link(subject, name, mime_type, blob).await?),
                None => content.push(block),
            }
        }
        Ok(ToolResult { content, ..result })
    }

    async fn link(
        &self,
        subject: Subject,
        name: &str,
        mime_type: &str,
        blob: &str,
    ) -> Result<[ContentBlock; 2], Failure> {
        let body = STANDARD.decode(blob).map_err(|_| Failure::tool("the source sent a file that cannot be read"))?;
        let size = body.len();
        let stored = self.stored(subject, mime_type, body);
        self.keep(&stored).await?;
        let uri = format!("{RESULTS}{}", stored.id);
        let note = format!(
            "The file {name} ({mime_type}, {size} bytes) can be read as the resource {uri} until {}.",
            stored.expires_at
        );
        let mut link = Resource::new(uri, name).with_mime_type(mime_type);
        link.size = Some(size as u64);
        Ok([ContentBlock::ResourceLink(link), ContentBlock::text(note)])
    }
}

/// Name, media type and content of an attached file.
fn attached(block: &ContentBlock) -> Option<(&str, &str, &str)> {
    let ContentBlock::Resource(embedded) = block else { return None };
    let ResourceContents::BlobResourceContents { uri, mime_type, blob, .. } = &embedded.resource else { return None };
    Some((uri.strip_prefix(ATTACHMENT)?, mime_type.as_deref().unwrap_or("application/octet-stream"), blob))
}

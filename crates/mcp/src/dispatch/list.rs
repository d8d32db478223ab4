//! The four lists.

use super::Dispatch;
use crate::{Era, Handler, ListRequest, McpError, reply::ResultWriter};

impl<H: Handler> Dispatch<'_, H> {
    pub(super) async fn list(&self, what: ListRequest) -> Result<Vec<u8>, McpError> {
        let cursor = self.request.params.text("cursor")?;
        let page = self.handler.list(self.cx, what, cursor.as_deref()).await?;
        let mut writer = ResultWriter::complete(self.request.id, &self.frame, None);
        if self.frame.era == Era::Modern {
            writer.field("ttlMs", &page.ttl_ms);
            // What a caller sees depends on its rights.
            writer.field("cacheScope", "private");
        }
        writer.optional("nextCursor", page.next_cursor.as_deref());
        writer.raw_items(member(what), &page.items);
        Ok(writer.finish())
    }
}

fn member(what: ListRequest) -> &'static str {
    match what {
        ListRequest::Tools => "tools",
        ListRequest::Resources => "resources",
        ListRequest::ResourceTemplates => "resourceTemplates",
        ListRequest::Prompts => "prompts",
    }
}

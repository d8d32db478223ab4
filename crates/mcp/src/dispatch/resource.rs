//! `resources/read`.

use rmcp::model::ReadResourceResult;

use super::Dispatch;
use crate::{Era, Handler, Inputs, McpError, Outcome, ReadResource, reply::ResultWriter};

impl<H: Handler> Dispatch<'_, H> {
    pub(super) async fn read_resource(&self, inputs: Inputs) -> Result<Outcome<Vec<u8>>, McpError> {
        let uri = self.request.params.required_text("uri")?;
        let outcome = self.handler.read_resource(self.cx, ReadResource { uri: &uri, inputs }).await?;
        Ok(outcome.map(|(contents, ttl_ms)| self.contents(contents, ttl_ms)))
    }

    fn contents(&self, result: ReadResourceResult, ttl_ms: u64) -> Vec<u8> {
        let meta = result.meta.map(|meta| meta.0);
        let mut writer = ResultWriter::complete(self.request.id, &self.frame, meta);
        if self.frame.era == Era::Modern {
            writer.field("ttlMs", &ttl_ms);
            writer.field("cacheScope", "private");
        }
        writer.field("contents", &result.contents);
        writer.finish()
    }
}

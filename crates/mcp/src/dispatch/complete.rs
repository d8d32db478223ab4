//! `completion/complete`.

use rmcp::model::Reference;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Dispatch, prompt::strings};
use crate::{Complete, Handler, McpError, reply::ResultWriter};

#[derive(Deserialize)]
struct Argument {
    name: String,
    value: String,
}

#[derive(Default, Deserialize)]
struct Context {
    arguments: Option<Map<String, Value>>,
}

impl<H: Handler> Dispatch<'_, H> {
    pub(super) async fn complete(&self) -> Result<Vec<u8>, McpError> {
        let params = &self.request.params;
        let reference: Reference = params.required("ref")?;
        let argument: Argument = params.required("argument")?;
        let context: Option<Context> = params.parsed("context")?;
        let context = strings("context.arguments", context.unwrap_or_default().arguments)?;
        let complete = Complete { reference, argument: &argument.name, value: &argument.value, context };
        let completion = self.handler.complete(self.cx, complete).await?;
        let mut writer = ResultWriter::complete(self.request.id, &self.frame, None);
        writer.field("completion", &completion);
        Ok(writer.finish())
    }
}

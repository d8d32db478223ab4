//! The tasks extension `io.modelcontextprotocol/tasks` (SEP-2663).

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{
    Handler, McpError, RequestContext,
    envelope::Request,
    reply::{Frame, ResultWriter},
};

pub(super) async fn respond<H: Handler>(
    handler: &H,
    cx: &RequestContext<H::Caller>,
    request: &Request<'_>,
    frame: &Frame<'_>,
) -> Result<Vec<u8>, McpError> {
    cx.client.require_tasks()?;
    let task = request.params.required_text("taskId")?;
    let mut writer = ResultWriter::complete(request.id, frame, None);
    match &*request.method {
        "tasks/get" => writer.members(&handler.get_task(cx, &task).await?),
        "tasks/update" => {
            let responses: BTreeMap<String, Value> = request.params.required("inputResponses")?;
            handler.update_task(cx, &task, responses).await?;
        }
        _ => handler.cancel_task(cx, &task).await?,
    }
    Ok(writer.finish())
}

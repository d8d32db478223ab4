//! The methods that both eras have: from a scanned request to the handler, and its answer as a message.

mod complete;
mod list;
mod prompt;
mod resource;
mod tool;

use crate::{Handler, Inputs, ListRequest, McpError, Outcome, RequestContext, envelope::Request, reply::Frame};

/// A request on its way to the handler.
pub(crate) struct Dispatch<'a, H: Handler> {
    pub(crate) handler: &'a H,
    pub(crate) cx: &'a RequestContext<H::Caller>,
    pub(crate) request: &'a Request<'a>,
    pub(crate) frame: Frame<'a>,
    pub(crate) header_params: Option<Vec<(String, String)>>,
}

impl<H: Handler> Dispatch<'_, H> {
    /// Runs one round. The message of a complete answer is ready to be sent.
    pub(crate) async fn run(&self, inputs: Inputs) -> Result<Outcome<Vec<u8>>, McpError> {
        match &*self.request.method {
            "tools/call" => self.call_tool(inputs).await,
            "resources/read" => self.read_resource(inputs).await,
            "prompts/get" => self.get_prompt(inputs).await,
            "tools/list" => self.list(ListRequest::Tools).await.map(Outcome::Complete),
            "resources/list" => self.list(ListRequest::Resources).await.map(Outcome::Complete),
            "resources/templates/list" => self.list(ListRequest::ResourceTemplates).await.map(Outcome::Complete),
            "prompts/list" => self.list(ListRequest::Prompts).await.map(Outcome::Complete),
            "completion/complete" => self.complete().await.map(Outcome::Complete),
            other => Err(McpError::MethodNotFound(other.to_owned())),
        }
    }
}

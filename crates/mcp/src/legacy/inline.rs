//! Calls that need the client's input, while they run: the legacy way of what modern clients do in rounds.

use std::{collections::BTreeMap, sync::Arc};

use futures::future::try_join_all;
use rmcp::model::{ErrorCode, ErrorData};
use serde_json::Value;

use super::{FRAME, Peer};
use crate::{
    Handler, InputRequired, Inputs, McpError, Outcome, RequestContext, dispatch::Dispatch, envelope::Request,
    input::require_capabilities, outlet::Outlet, service::Service,
};

/// How often one call may ask.
const MAX_ROUNDS: usize = 16;

/// A legacy client, and the way to it while a request runs.
pub(crate) struct Conversation<'a> {
    pub(crate) peer: &'a Peer,
    /// `None` if it cannot be reached meanwhile: a batch, or a client that takes no stream.
    pub(crate) outlet: Option<&'a Arc<dyn Outlet>>,
}

pub(super) async fn run<H: Handler>(
    service: &Service<H>,
    cx: &RequestContext<H::Caller>,
    request: &Request<'_>,
    conversation: &Conversation<'_>,
) -> Result<Vec<u8>, McpError> {
    let dispatch = Dispatch { handler: &*service.handler, cx, request, frame: FRAME, header_params: None };
    let mut inputs = Inputs::default();
    for _ in 0..MAX_ROUNDS {
        match dispatch.run(inputs).await? {
            Outcome::Complete(message) => return Ok(message),
            Outcome::InputRequired(required) => {
                let responses = ask(service, conversation, &required).await?;
                inputs = Inputs { responses, state: required.state };
            }
            Outcome::Task(_) => {
                tracing::error!(request_id = %cx.request_id, "a task was started for a client that knows no tasks");
                return Err(McpError::Internal);
            }
        }
    }
    tracing::error!(request_id = %cx.request_id, "a source asked for input more than {MAX_ROUNDS} times");
    Err(McpError::Internal)
}

/// Sends every request at once, and waits for all answers.
async fn ask<H: Handler>(
    service: &Service<H>,
    conversation: &Conversation<'_>,
    required: &InputRequired,
) -> Result<BTreeMap<String, Value>, McpError> {
    let Conversation { peer, outlet } = conversation;
    require_capabilities(required, &peer.capabilities)?;
    if required.requests.is_empty() {
        return Ok(BTreeMap::new());
    }
    let Some(outlet) = outlet else { return Err(unreachable_client()) };
    let asked = required.requests.iter().map(|(key, request)| async move {
        let answer = peer.pending.ask(&***outlet, request, service.options.input_timeout).await?;
        Ok::<_, McpError>((key.clone(), answer))
    });
    Ok(try_join_all(asked).await?.into_iter().collect())
}

fn unreachable_client() -> McpError {
    let message = "this call needs the client's input; send it on its own, and accept text/event-stream";
    McpError::Raw(ErrorData::new(ErrorCode::INVALID_REQUEST, message, None))
}

//! What a source may ask of a client.

use rmcp::model::{ClientCapabilities, ElicitRequestParams, InputRequest};

use crate::{InputRequired, McpError};

/// Refuses to ask for what the client did not declare; the error names all that is missing.
pub(crate) fn require_capabilities(required: &InputRequired, declared: &ClientCapabilities) -> Result<(), McpError> {
    let mut missing = ClientCapabilities::default();
    for request in required.requests.values() {
        add_missing(request, declared, &mut missing);
    }
    if missing == ClientCapabilities::default() { Ok(()) } else { Err(McpError::MissingCapability(Box::new(missing))) }
}

fn add_missing(request: &InputRequest, declared: &ClientCapabilities, missing: &mut ClientCapabilities) {
    match request {
        InputRequest::CreateMessage(_) if declared.sampling.is_none() => {
            missing.sampling.get_or_insert_default();
        }
        InputRequest::ListRoots(_) if declared.roots.is_none() => {
            missing.roots.get_or_insert_default();
        }
        InputRequest::Elicitation(request) => match (&request.params, &declared.elicitation) {
            (ElicitRequestParams::UrlElicitationParams { .. }, Some(declared)) if declared.url.is_none() => {
                missing.elicitation.get_or_insert_default().url.get_or_insert_default();
            }
            (_, Some(_)) => {}
            (_, None) => {
                missing.elicitation.get_or_insert_default();
            }
        },
        _ => {}
    }
}

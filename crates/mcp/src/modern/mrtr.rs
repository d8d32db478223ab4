//! Multi-round-trip requests (2026-07-28, basic/patterns/mrtr): `requestState` is sealed and bound to its request.

use std::fmt::Write;

use puente_domain::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, value::RawValue};
use sha2::{Digest, Sha256};

use crate::{
    Handler, InputRequired, Inputs, McpError, RequestContext,
    envelope::Request,
    input::require_capabilities,
    reply::{Frame, ResultWriter},
    service::Service,
};

/// The largest state of a source, in bytes of JSON.
const MAX_STATE: usize = 8 * 1024;

#[derive(Serialize, Deserialize)]
struct Sealed {
    /// When it ends to be valid, in microseconds since the epoch.
    until: i64,
    state: Value,
}

/// What the client brings for this round.
pub(super) fn open<H: Handler>(
    service: &Service<H>,
    cx: &RequestContext<H::Caller>,
    request: &Request<'_>,
) -> Result<Inputs, McpError> {
    let responses = request.params.parsed("inputResponses")?;
    let Some(sealed) = request.params.text("requestState")? else {
        return Ok(Inputs { responses, state: None });
    };
    let context = context(service, cx, request);
    let plain = service.sealer.open(&context, &sealed);
    let opened = plain.and_then(|plain| serde_json::from_slice::<Sealed>(&plain).ok());
    match opened {
        Some(sealed) if Timestamp::from_micros(sealed.until) > service.clock.now() => {
            Ok(Inputs { responses, state: Some(sealed.state) })
        }
        Some(_) => Err(McpError::InvalidParams("`requestState` has expired; start the request again".to_owned())),
        None => Err(McpError::InvalidParams("`requestState` does not belong to this request".to_owned())),
    }
}

/// The `input_required` result.
pub(super) fn seal<H: Handler>(
    service: &Service<H>,
    cx: &RequestContext<H::Caller>,
    request: &Request<'_>,
    frame: &Frame<'_>,
    required: InputRequired,
) -> Result<Vec<u8>, McpError> {
    require_capabilities(&required, &cx.client.capabilities)?;
    let mut writer = ResultWriter::start(request.id, frame, "input_required", None);
    if let Some(state) = required.state {
        let plain = plain(state, service.clock.now() + service.options.state_ttl)?;
        writer.field("requestState", &service.sealer.seal(&context(service, cx, request), &plain));
    } else if required.requests.is_empty() {
        tracing::error!(request_id = %cx.request_id, "a source asked for another round without a request or a state");
        return Err(McpError::Internal);
    }
    if !required.requests.is_empty() {
        writer.field("inputRequests", &required.requests);
    }
    Ok(writer.finish())
}

fn plain(state: Value, until: Timestamp) -> Result<Vec<u8>, McpError> {
    let plain = serde_json::to_vec(&Sealed { until: until.as_micros(), state }).map_err(|_| McpError::Internal)?;
    if plain.len() > MAX_STATE {
        tracing::error!(bytes = plain.len(), "the state of a source is too large to be carried by the client");
        return Err(McpError::Internal);
    }
    Ok(plain)
}

/// Binds a state to its caller and request: another method, name or argument cannot use it.
fn context<H: Handler>(service: &Service<H>, cx: &RequestContext<H::Caller>, request: &Request<'_>) -> String {
    let params = &request.params;
    let name = params.raw("name").or_else(|| params.raw("uri")).map_or("", RawValue::get);
    let mut context = service.handler.binding(&cx.caller);
    let _ = write!(context, "\n{}\n{name}\n{}", request.method, digest(params.raw("arguments")));
    context
}

/// A hash of arguments that does not depend on spaces or the order of members: the client writes them anew.
fn digest(arguments: Option<&RawValue>) -> String {
    let value = arguments.and_then(|raw| serde_json::from_str::<Value>(raw.get()).ok()).unwrap_or_default();
    let mut canonical = value;
    canonical.sort_all_objects();
    let mut text = String::with_capacity(64);
    for byte in Sha256::digest(canonical.to_string()) {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

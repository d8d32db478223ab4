//! Messages to an upstream.

use std::sync::LazyLock;

use puente_mcp::{LoggingLevel, envelope::OwnedId};
use rmcp::model::{ClientCapabilities, ErrorData, Implementation};
use serde::Serialize;
use serde_json::{Value, value::RawValue};

/// Who we are.
pub(crate) static US: LazyLock<Implementation> =
    LazyLock::new(|| Implementation::new("puente", env!("CARGO_PKG_VERSION")).with_title("Puente"));

/// `_meta` of a request.
#[derive(Clone, Copy, Default, Serialize)]
pub(crate) struct Meta<'a> {
    #[serde(rename = "progressToken", skip_serializing_if = "Option::is_none")]
    pub(crate) progress_token: Option<u64>,
    #[serde(rename = "io.modelcontextprotocol/protocolVersion", skip_serializing_if = "Option::is_none")]
    pub(crate) version: Option<&'a str>,
    #[serde(rename = "io.modelcontextprotocol/clientInfo", skip_serializing_if = "Option::is_none")]
    pub(crate) info: Option<&'a Implementation>,
    #[serde(rename = "io.modelcontextprotocol/clientCapabilities", skip_serializing_if = "Option::is_none")]
    pub(crate) capabilities: Option<&'a ClientCapabilities>,
    #[serde(rename = "io.modelcontextprotocol/logLevel", skip_serializing_if = "Option::is_none")]
    pub(crate) level: Option<LoggingLevel>,
}

impl Meta<'_> {
    fn is_empty(&self) -> bool {
        self.progress_token.is_none() && self.version.is_none()
    }
}

#[derive(Serialize)]
struct Params<'a, P> {
    #[serde(rename = "_meta", skip_serializing_if = "Option::is_none")]
    meta: Option<Meta<'a>>,
    #[serde(flatten)]
    rest: &'a P,
}

/// A request. `params` serialises as an object.
pub(crate) fn request<P: Serialize>(id: u64, method: &str, params: &P, meta: Meta<'_>) -> Vec<u8> {
    #[derive(Serialize)]
    struct Message<'a, P> {
        jsonrpc: &'static str,
        id: u64,
        method: &'a str,
        params: Params<'a, P>,
    }
    let params = Params { meta: Some(meta).filter(|meta| !meta.is_empty()), rest: params };
    json(&Message { jsonrpc: "2.0", id, method, params })
}

/// A notification. `params` serialises as an object.
pub(crate) fn notification(method: &str, params: &impl Serialize) -> Vec<u8> {
    #[derive(Serialize)]
    struct Message<'a, P> {
        jsonrpc: &'static str,
        method: &'a str,
        params: P,
    }
    json(&Message { jsonrpc: "2.0", method, params })
}

/// Our answer to a request of the upstream.
pub(crate) fn answer(id: &OwnedId, outcome: Result<&Value, &ErrorData>) -> Vec<u8> {
    #[derive(Serialize)]
    struct Message<'a> {
        jsonrpc: &'static str,
        id: Option<&'a RawValue>,
        #[serde(skip_serializing_if = "Option::is_none")]
        result: Option<&'a Value>,
        #[serde(skip_serializing_if = "Option::is_none")]
        error: Option<&'a ErrorData>,
    }
    let id = serde_json::from_str(id.as_json()).ok();
    json(&Message { jsonrpc: "2.0", id, result: outcome.ok(), error: outcome.err() })
}

/// Writing into memory fails only for what is no JSON, and nothing here is that.
fn json(message: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(message).unwrap_or_default()
}

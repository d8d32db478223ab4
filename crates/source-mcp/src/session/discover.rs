//! `server/discover`: whether an upstream is modern (2026-07-28, basic/versioning, "Backward Compatibility").

use puente_mcp::{
    era::Revision,
    error::{HEADER_MISMATCH, MISSING_CAPABILITY, UNSUPPORTED_VERSION},
};
use rmcp::model::{ClientCapabilities, ServerCapabilities};
use serde::Deserialize;
use serde_json::{Map, Value, json, value::RawValue};

use super::{answer, modern_meta};
use crate::{
    error::LinkError,
    link::{Link, Outgoing},
};

/// What a modern upstream says of itself.
pub(super) struct Discovered {
    pub(super) server: String,
    pub(super) capabilities: ServerCapabilities,
}

/// Asks. `None`: it is a legacy upstream.
pub(super) async fn discover(link: &Link) -> Result<Option<Discovered>, LinkError> {
    let nothing = ClientCapabilities::default();
    let params = json!({});
    let out = Outgoing::new("server/discover", &params, modern_meta(&nothing, None));
    let answered = match link.send(out).await {
        Ok(mut exchange) => answer(&mut exchange).await,
        Err(error) => Err(error),
    };
    match answered {
        Ok(result) => Ok(read(&result)),
        Err(error) if is_legacy(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

fn read(result: &RawValue) -> Option<Discovered> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Result {
        supported_versions: Vec<String>,
        #[serde(default)]
        capabilities: ServerCapabilities,
        #[serde(rename = "_meta", default)]
        meta: Map<String, Value>,
    }
    let result: Result = serde_json::from_str(result.get()).ok()?;
    result.supported_versions.iter().any(|version| version == Revision::V2026_07_28.as_str()).then(|| Discovered {
        server: name(result.meta.get("io.modelcontextprotocol/serverInfo")),
        capabilities: result.capabilities,
    })
}

/// `name version` of an implementation; hostile input, so it is cut.
pub(super) fn name(info: Option<&Value>) -> String {
    const LONGEST: usize = 200;
    let text = |key| info.and_then(|info| info[key].as_str()).unwrap_or_default();
    let name = format!("{} {}", text("name"), text("version"));
    name.trim().chars().filter(|c| !c.is_control()).take(LONGEST).collect()
}

/// A modern upstream answers with an error of its era; anything else that is an answer comes from a legacy one.
fn is_legacy(error: &LinkError) -> bool {
    match error {
        LinkError::Rpc(error) if error.code.0 == UNSUPPORTED_VERSION => {
            let supported = error.data.as_ref().and_then(|data| data["supported"].as_array());
            supported.is_some_and(|versions| versions.iter().filter_map(Value::as_str).any(is_legacy_version))
        }
        LinkError::Rpc(error) => !matches!(error.code.0, HEADER_MISMATCH | MISSING_CAPABILITY),
        LinkError::Status(status) => matches!(status, 400..=501),
        LinkError::Garbage(_) | LinkError::SessionGone => true,
        _ => false,
    }
}

fn is_legacy_version(version: &str) -> bool {
    Revision::parse(version).is_some_and(|revision| revision.era() == puente_mcp::Era::Legacy)
}

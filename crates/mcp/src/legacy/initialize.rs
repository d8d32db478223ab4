//! `initialize`.

use rmcp::model::{ClientCapabilities, Implementation};
use std::collections::HashSet;

use super::{FRAME, Peer};
use crate::{
    Era, LoggingLevel, McpError, envelope::Request, era::Revision, handler::ServerIdentity, modern::client_info,
    reply::ResultWriter,
};

/// What clients are told before they ask for another level.
const FIRST_LEVEL: LoggingLevel = LoggingLevel::Info;

/// The largest capabilities that are kept with a session, in bytes.
const MAX_CAPABILITIES: usize = 16 * 1024;

/// Reads what the client says of itself, and negotiates the revision: what it asks for, if we speak it as a legacy
/// revision, else the newest of those.
pub(crate) fn read(request: &Request<'_>) -> Result<Peer, McpError> {
    let params = &request.params;
    let asked = params.required_text("protocolVersion")?;
    let revision = Revision::parse(&asked).filter(|revision| revision.era() == Era::Legacy);
    if params.raw("capabilities").is_some_and(|raw| raw.get().len() > MAX_CAPABILITIES) {
        let message = format!("params.capabilities is larger than {MAX_CAPABILITIES} bytes");
        return Err(McpError::InvalidParams(message));
    }
    let capabilities: ClientCapabilities = params.parsed("capabilities")?;
    let info: Option<Implementation> = params.parsed("clientInfo")?;
    let revision = revision.unwrap_or(Revision::LATEST_LEGACY);
    Ok(Peer::new(revision, capabilities, client_info(info), FIRST_LEVEL, HashSet::new()))
}

/// The answer.
pub(crate) fn answer(request: &Request<'_>, peer: &Peer, identity: ServerIdentity) -> Vec<u8> {
    let mut capabilities = identity.capabilities;
    capabilities.logging.get_or_insert_default();
    if let Some(resources) = &mut capabilities.resources {
        resources.subscribe = Some(true);
    }
    let mut writer = ResultWriter::complete(request.id, &FRAME, None);
    writer.field("protocolVersion", peer.revision.as_str());
    writer.field("capabilities", &capabilities);
    writer.field("serverInfo", &identity.implementation);
    writer.optional("instructions", identity.instructions.as_deref());
    writer.finish()
}

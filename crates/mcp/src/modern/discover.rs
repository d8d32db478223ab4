//! `server/discover`.

use rmcp::model::{JsonObject, ServerCapabilities, TASKS_EXTENSION_ID};

use crate::{
    envelope::Id,
    era::Revision,
    handler::ServerIdentity,
    reply::{Frame, ResultWriter},
};

/// How long a client may keep what it discovered, in milliseconds: capabilities follow the catalog.
const TTL_MS: u64 = 60_000;

pub(super) fn respond(id: Id<'_>, frame: &Frame<'_>, identity: &ServerIdentity) -> Vec<u8> {
    let mut writer = ResultWriter::complete(id, frame, None);
    let versions: Vec<&str> = Revision::ALL.iter().rev().map(|revision| revision.as_str()).collect();
    writer.field("supportedVersions", &versions);
    writer.field("capabilities", &capabilities(identity.capabilities.clone()));
    writer.optional("instructions", identity.instructions.as_deref());
    writer.field("ttlMs", &TTL_MS);
    writer.field("cacheScope", "private");
    writer.finish()
}

/// The handler's capabilities, and what this crate adds.
fn capabilities(mut capabilities: ServerCapabilities) -> ServerCapabilities {
    capabilities.logging.get_or_insert_default();
    if let Some(resources) = &mut capabilities.resources {
        resources.subscribe = Some(true);
    }
    capabilities.extensions.get_or_insert_default().insert(TASKS_EXTENSION_ID.to_owned(), JsonObject::new());
    capabilities
}

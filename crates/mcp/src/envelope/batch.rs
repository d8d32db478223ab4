//! JSON-RPC batches: arrays of messages, received in revision 2025-03-26 only.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{EnvelopeError, Message, depth::is_too_deep, scan};

/// How many messages a batch may have.
pub const MAX_BATCH: usize = 100;

/// Scans an array of messages. A member that is no message has its own error, as JSON-RPC 2.0 says.
pub fn scan_batch(body: &[u8]) -> Result<Vec<Result<Message<'_>, EnvelopeError>>, EnvelopeError> {
    #[derive(Deserialize)]
    struct Batch<'a>(#[serde(borrow)] Vec<&'a RawValue>);
    if is_too_deep(body) {
        return Err(EnvelopeError::TooDeep);
    }
    let Batch(members) =
        serde_json::from_slice(body).map_err(|error: serde_json::Error| EnvelopeError::Syntax(error.to_string()))?;
    if members.is_empty() || members.len() > MAX_BATCH {
        return Err(EnvelopeError::BatchSize);
    }
    Ok(members.into_iter().map(|member| scan(member.get().as_bytes())).collect())
}

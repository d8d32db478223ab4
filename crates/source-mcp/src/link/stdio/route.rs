//! Whom a message of the other side is for.

use puente_mcp::envelope::OwnedId;
use rmcp::model::{ErrorCode, ErrorData};
use serde_json::{Value, json};

use super::{Heard, Shared, Waiting};
use crate::{
    error::LinkError,
    link::General,
    wire::{self, Incoming, Note, read},
};

/// Of a request's buffer, what stays free for its answer.
const RESERVE: usize = 8;

impl Shared {
    /// Takes one message. What cannot be read is left out: some programs print more than MCP.
    pub(super) fn take(&self, line: &[u8]) {
        match read(line) {
            Ok(Incoming::Answer { id: Some(id), outcome }) => {
                // Removed first: whoever waits may go away at once.
                if let Some(waiting) = { self.running().remove(&id) } {
                    say(&waiting, Ok(Incoming::Answer { id: Some(id), outcome }));
                }
            }
            Ok(Incoming::Answer { id: None, .. }) => tracing::debug!("an answer to nothing that was asked"),
            Ok(Incoming::Request { id, method, params }) => self.request(id, method, params),
            Ok(Incoming::Note(note)) => self.note(note),
            Err(error) => tracing::debug!(error = &error as &dyn std::error::Error, "a line that is not MCP"),
        }
    }

    fn note(&self, note: Note) {
        let running = self.running();
        let addressee = match &note {
            Note::ListChanged => return self.event(General::ListChanged),
            Note::Updated(uri) => return self.event(General::Updated(uri.clone())),
            Note::Progress { token, .. } => token.and_then(|token| running.get(&token)),
            // Not said for whom: it is clear only while one request runs.
            Note::Log { .. } => only(&running),
            Note::Acknowledged(id) => id.and_then(|id| running.get(&id)),
            Note::Other => None,
        };
        if let Some(waiting) = addressee.filter(|waiting| waiting.sender.capacity() > RESERVE) {
            say(waiting, Ok(Incoming::Note(note)));
        }
    }

    fn event(&self, event: General) {
        // A full queue already says that much changed.
        let _ = self.events.try_send(event);
    }

    fn request(&self, id: OwnedId, method: String, params: Value) {
        if method == "ping" {
            return self.reply(wire::answer(&id, Ok(&json!({}))));
        }
        let running = self.running();
        if let Some(waiting) = only(&running).filter(|_| self.asks) {
            say(waiting, Ok(Incoming::Request { id, method, params }));
        } else {
            let message = "nobody can be asked: no call of a client that can answer is running";
            self.reply(wire::answer(&id, Err(&ErrorData::new(ErrorCode::METHOD_NOT_FOUND, message, None))));
        }
    }

    fn reply(&self, message: Vec<u8>) {
        if let Some(outgoing) = self.outgoing.upgrade() {
            let _ = outgoing.try_send(message);
        }
    }

    /// A line was too large to be read; `ends` are its first and last bytes. Without knowing whose it was, nothing that
    /// comes can be trusted any more: then this says `false`.
    pub(super) fn too_large(&self, ends: &[u8], limit: usize) -> bool {
        let text = String::from_utf8_lossy(ends);
        let numbers = text.match_indices("\"id\":").filter_map(|(at, key)| {
            let rest = text[at + key.len()..].trim_start();
            rest[..rest.find(|c: char| !c.is_ascii_digit())?].parse::<u64>().ok()
        });
        let mut running = self.running();
        let mut ids: Vec<u64> = numbers.filter(|id| running.contains_key(id)).collect();
        ids.dedup();
        let [id] = ids[..] else { return false };
        if let Some(waiting) = running.remove(&id) {
            say(&waiting, Err(LinkError::TooLarge(limit)));
        }
        true
    }
}

fn only(running: &std::collections::HashMap<u64, Waiting>) -> Option<&Waiting> {
    running.values().next().filter(|_| running.len() == 1)
}

fn say(waiting: &Waiting, heard: Heard) {
    if let Err(tokio::sync::mpsc::error::TrySendError::Full(_)) = waiting.sender.try_send(heard) {
        tracing::warn!("an upstream tells more than its caller takes");
    }
}

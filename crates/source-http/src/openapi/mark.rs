//! What `puente source draft` and `puente source sync` write into a tool, so that a later sync finds it again.
//!
//! ```yaml
//! - name: find_pets                  # may be renamed
//!   description: Pets by status.     # may be rewritten
//!   parameters:                      # on top of the operation's
//!     status: {fixed: available}
//!   operation:                       # belongs to the document: sync replaces it
//!     from: GET /pet/findByStatus
//!     digest: 4f0c…-91ab…            # of the operation and of its description, as they came
//!     method: GET
//!     …
//! ```

use std::fmt::Write;

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::Operation;

/// The `operation` of a tool.
pub(crate) fn operation(operation: &Operation) -> Map<String, Value> {
    let mut marked = Map::new();
    marked.insert("from".to_owned(), operation.key.clone().into());
    let digest = format!("{}-{}", digest_of(&operation.settings), short_hash(&operation.description));
    marked.insert("digest".to_owned(), digest.into());
    marked.extend(operation.settings.clone());
    marked
}

/// What a tool says about where it comes from.
pub(crate) struct Mark<'a> {
    /// `GET /pet/findByStatus`.
    pub(crate) key: &'a str,
    /// Nobody changed the operation by hand.
    pub(crate) is_untouched: bool,
    /// Nobody rewrote the description.
    pub(crate) has_own_description: bool,
}

/// Reads the mark of a tool; `None` if it was written by hand.
pub(crate) fn read<'a>(description: &str, settings: &'a Map<String, Value>) -> Option<Mark<'a>> {
    let operation = settings.get("operation")?.as_object()?;
    let key = operation.get("from")?.as_str()?;
    let (content, described) = operation.get("digest").and_then(Value::as_str)?.split_once('-')?;
    let mut bare = operation.clone();
    bare.shift_remove("from");
    bare.shift_remove("digest");
    Some(Mark {
        key,
        is_untouched: digest_of(&bare) == content,
        has_own_description: short_hash(description) == described,
    })
}

fn digest_of(settings: &Map<String, Value>) -> String {
    let mut value = Value::Object(settings.clone());
    value.sort_all_objects();
    short_hash(&value.to_string())
}

fn short_hash(text: &str) -> String {
    let mut hash = String::with_capacity(16);
    for byte in &Sha256::digest(text)[..8] {
        let _ = write!(hash, "{byte:02x}");
    }
    hash
}

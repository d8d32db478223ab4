//! A document with all that it refers to, and the way from a `$ref` to its target.

use std::collections::HashMap;

use serde_json::Value;

/// References from references are followed so far.
const MAX_CHAIN: usize = 32;

/// Documents by where they are: a URL, or a path of a file.
pub(crate) struct Documents {
    root: String,
    all: HashMap<String, Value>,
}

/// A value and the document that it is in: references in it are relative to that.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node<'a> {
    pub(crate) document: &'a str,
    pub(crate) value: &'a Value,
}

impl<'a> Node<'a> {
    /// The member `key` in the same document.
    pub(crate) fn get(self, key: &str) -> Option<Self> {
        self.value.get(key).map(|value| Self { value, ..self })
    }

    /// The text of the member `key`.
    pub(crate) fn text(self, key: &str) -> Option<&'a str> {
        self.value.get(key).and_then(Value::as_str)
    }

    /// Whether the member `key` is true.
    pub(crate) fn flag(self, key: &str) -> bool {
        self.value.get(key).and_then(Value::as_bool).unwrap_or_default()
    }
}

impl Documents {
    pub(crate) fn new(root: String, all: HashMap<String, Value>) -> Self {
        Self { root, all }
    }

    /// The document itself.
    pub(crate) fn root(&self) -> &Value {
        self.all.get(&self.root).unwrap_or(&Value::Null)
    }

    /// Where the document is.
    pub(crate) fn location(&self) -> &str {
        &self.root
    }

    /// The document itself, as a node.
    pub(crate) fn top(&self) -> Node<'_> {
        Node { document: &self.root, value: self.root() }
    }

    /// Follows `$ref`s until there is none.
    ///
    /// # Errors
    /// A reference leads nowhere, or in a circle.
    pub(crate) fn resolve<'a>(&'a self, node: Node<'a>) -> Result<Node<'a>, String> {
        let mut node = node;
        for _ in 0..MAX_CHAIN {
            match node.text("$ref") {
                None => return Ok(node),
                Some(reference) => node = self.target(node.document, reference)?.1,
            }
        }
        Err("references lead in a circle".to_owned())
    }

    /// The key and the target of a reference in `document`.
    ///
    /// # Errors
    /// It leads nowhere.
    pub(crate) fn target(&self, document: &str, reference: &str) -> Result<(String, Node<'_>), String> {
        let nowhere = || format!("`{reference}` leads nowhere");
        let (file, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let place = if file.is_empty() { document.to_owned() } else { join(document, file).ok_or_else(nowhere)? };
        let (document, whole) = self.all.get_key_value(&place).ok_or_else(nowhere)?;
        let fragment = percent_encoding::percent_decode_str(fragment).decode_utf8_lossy().into_owned();
        let value = if fragment.is_empty() || fragment.starts_with('/') {
            whole.pointer(&fragment)
        } else {
            anchor(whole, &fragment)
        };
        Ok((format!("{place}#{fragment}"), Node { document, value: value.ok_or_else(nowhere)? }))
    }
}

/// Where a relative reference in `document` leads, without its fragment.
pub(super) fn join(document: &str, file: &str) -> Option<String> {
    let mut joined = url::Url::parse(document).ok()?.join(file).ok()?;
    joined.set_fragment(None);
    Some(joined.into())
}

/// The schema with this `$anchor`.
fn anchor<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    match value {
        Value::Object(map) if map.get("$anchor").and_then(Value::as_str) == Some(name) => Some(value),
        Value::Object(map) => map.values().find_map(|below| anchor(below, name)),
        Value::Array(items) => items.iter().find_map(|below| anchor(below, name)),
        _ => None,
    }
}

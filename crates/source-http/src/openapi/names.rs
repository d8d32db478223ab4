//! Legal, stable names.

use std::{
    collections::{HashMap, HashSet},
    fmt::Write,
};

use puente_domain::Name;
use sha2::{Digest, Sha256};

/// Digits of the hash that keeps names apart.
const HASH: usize = 8;

/// Gives names to operations, each once.
#[derive(Default)]
pub(super) struct Names(HashSet<String>);

impl Names {
    /// A name from the `operationId`; without one, from method and path (`key`). It depends on nothing else, unless
    /// another operation has the same: then the later one has a hash of its method and path in it.
    pub(super) fn give(&mut self, id: Option<&str>, key: &str) -> Name {
        let from_id = id.map(legal).filter(|name| !name.is_empty());
        let mut name = short(&from_id.unwrap_or_else(|| of_key(key)), key);
        if !self.0.insert(name.to_ascii_lowercase()) {
            name = with_hash(&name, key);
            self.0.insert(name.to_ascii_lowercase());
        }
        super::name(&name)
    }
}

/// Gives names to arguments: what they are called in the API as far as agents' models take it.
#[derive(Default)]
pub(super) struct Arguments(HashMap<String, usize>);

impl Arguments {
    pub(super) fn give(&mut self, wire: &str) -> String {
        let cleaned: String = wire
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.') { c } else { '_' })
            .collect();
        let cleaned = cleaned.trim_matches('_');
        let kept = if cleaned.is_empty() { "value" } else { cleaned };
        let name = if wire.trim_matches('_').is_empty() || kept == wire.trim_matches('_') {
            wire.to_owned()
        } else {
            kept.to_owned()
        };
        let name = if name.is_empty() { "value".to_owned() } else { short(&name, wire) };
        let count = self.0.entry(name.clone()).or_default();
        *count += 1;
        if *count == 1 { name } else { short(&format!("{name}_{count}"), wire) }
    }

    pub(super) fn is_taken(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }
}

/// Letters, digits, `_` and `-`, with a letter or digit first.
pub(super) fn legal(text: &str) -> String {
    let mut name = String::with_capacity(text.len());
    for c in text.chars() {
        let c = if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' };
        if c != '_' || !name.ends_with('_') {
            name.push(c);
        }
    }
    name.trim_matches(['_', '-']).to_owned()
}

/// `GET /orders/{id}/lines` → `get_orders_by_id_lines`.
fn of_key(key: &str) -> String {
    let (method, path) = key.split_once(' ').unwrap_or((key, ""));
    let segments = path.split('/').filter(|segment| !segment.is_empty());
    let words = segments.map(|segment| legal(&segment.replace('{', "by_").replace('}', "")));
    let mut name = method.to_ascii_lowercase();
    words.filter(|word| !word.is_empty()).for_each(|word| {
        let _ = write!(name, "_{word}");
    });
    name
}

fn short(name: &str, whole: &str) -> String {
    if name.len() <= Name::MAX { name.to_owned() } else { with_hash(name, whole) }
}

fn with_hash(name: &str, whole: &str) -> String {
    let mut hash = String::with_capacity(HASH);
    for byte in &Sha256::digest(whole)[..HASH / 2] {
        let _ = write!(hash, "{byte:02x}");
    }
    let head = &name[..name.len().min(Name::MAX - HASH - 1)];
    format!("{}_{hash}", head.trim_end_matches(['_', '-']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_legal_stable_and_apart() {
        let mut names = Names::default();
        let mut give = |id, key| names.give(id, key).to_string();
        assert_eq!(give(Some("listPets"), "GET /pets"), "listPets");
        assert_eq!(give(Some("pets.list/all"), "GET /pets/all"), "pets_list_all");
        assert_eq!(give(None, "GET /orders/{order-id}/lines"), "get_orders_by_order-id_lines");
        assert_eq!(give(None, "DELETE /"), "delete");
        let again = give(Some("listpets"), "POST /pets");
        assert!(again.starts_with("listpets_") && again.len() == 17, "{again}");
        let whole = "x".repeat(100);
        let long = give(Some(&whole), "GET /x");
        assert_eq!((long.len(), &long[..55]), (64, "x".repeat(55).as_str()));
        assert_eq!(give(Some("日本"), "GET /jp"), "get_jp");
    }

    #[test]
    fn arguments_keep_their_names_where_they_can() {
        let mut arguments = Arguments::default();
        let table = [
            ("id", "id"),
            ("filter[name]", "filter_name"),
            ("$top", "top"),
            ("id", "id_2"),
            ("_a", "_a"),
            ("ñ", "value"),
        ];
        for (wire, expected) in table {
            assert_eq!(arguments.give(wire), expected, "{wire}");
        }
    }
}

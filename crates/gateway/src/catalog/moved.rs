//! Whether a source connects elsewhere than before: then its secrets do not go with it.

use std::collections::BTreeSet;

use puente_domain::{Name, catalog::SourceRecord};
use puente_storage::Transaction;
use serde_json::{Map, Value};

use super::secrets::belongs_to;
use crate::Result;

/// The last parts of settings that say where a source connects to: with another one, its secrets would go elsewhere.
const PLACES: [&str; 14] = [
    "document",
    "variables",
    "url",
    "base_url",
    "host",
    "hosts",
    "port",
    "address",
    "endpoint",
    "server",
    "socket",
    "proxy",
    "command",
    "args",
];
/// How others of them end.
const ENDINGS: [&str; 5] = ["url", "uri", "host", "endpoint", "proxy"];

/// Whether a source would connect to other places with its new definition.
pub(crate) fn moved(before: &SourceRecord, after: &SourceRecord) -> bool {
    before.kind != after.kind || places(&before.settings) != places(&after.settings)
}

/// Deletes the secrets of a source; how many.
pub(crate) async fn forget(transaction: &mut dyn Transaction, source: &Name) -> Result<usize> {
    let mut lost = 0;
    for secret in transaction.secrets().list().await? {
        if belongs_to(&secret.name, source) {
            transaction.secrets().remove(&secret.name).await?;
            lost += 1;
        }
    }
    Ok(lost)
}

fn places(settings: &Map<String, Value>) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    collect(settings, "", &mut found);
    found
}

fn collect(settings: &Map<String, Value>, path: &str, found: &mut BTreeSet<(String, String)>) {
    for (key, value) in settings {
        let below = format!("{path}/{key}");
        if is_place(key) {
            found.insert((below, value.to_string()));
        } else {
            look(value, &below, found);
        }
    }
}

/// Whatever it is called: what looks like a URL is a place.
fn look(value: &Value, path: &str, found: &mut BTreeSet<(String, String)>) {
    match value {
        Value::Object(map) => collect(map, path, found),
        Value::Array(items) => items.iter().for_each(|item| look(item, path, found)),
        Value::String(text) if text.contains("://") => {
            found.insert((path.to_owned(), text.clone()));
        }
        _ => {}
    }
}

fn is_place(key: &str) -> bool {
    let key = key.to_lowercase();
    PLACES.contains(&key.as_str()) || ENDINGS.iter().any(|ending| key.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn another_place_is_noticed_wherever_it_is_said() {
        let places = |value: Value| places(value.as_object().unwrap());
        let before = places(json!({"url": "a", "pool": {"max": 1}, "explore": {"url": "b", "max_rows": 1}}));
        assert_eq!(before, places(json!({"url": "a", "pool": {"max": 2}, "explore": {"url": "b"}})));
        for other in [
            json!({"url": "c", "explore": {"url": "b"}}),
            json!({"url": "a", "explore": {"url": "c"}}),
            json!({"url": "a"}),
            json!({"url": "a", "explore": {"url": "b"}, "auth": {"token_url": "c"}}),
            json!({"url": "a", "explore": {"url": "b"}, "openapi": {"variables": {"tenant": "c"}}}),
            json!({"url": "a", "explore": {"url": "b"}, "mirrors": [{"at": "https://c"}]}),
        ] {
            assert_ne!(before, places(other.clone()), "{other}");
        }
    }
}

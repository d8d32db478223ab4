//! `discriminator`: JSON Schema has none, but can say for each branch which value belongs to it.

use serde_json::{Map, Value, json};

use super::{Documents, Node};

/// Adds to each branch of a union the values of the discriminator that lead to it.
pub(super) fn discriminate(documents: &Documents, node: Node<'_>, schema: &mut Map<String, Value>) {
    let Some(discriminator) = node.get("discriminator") else { return };
    let Some(property) = discriminator.text("propertyName") else { return };
    for union in ["oneOf", "anyOf"] {
        let (Some(branches), Some(Value::Array(converted))) = (node.get(union), schema.get_mut(union)) else {
            continue;
        };
        let branches = branches.value.as_array().into_iter().flatten();
        for (value, converted) in branches.zip(converted) {
            let Some(reference) = value.get("$ref").and_then(Value::as_str) else { continue };
            let values = values(documents, discriminator, reference);
            if let Value::Object(converted) = converted {
                converted.insert("properties".to_owned(), json!({property: {"enum": values}}));
                converted.insert("required".to_owned(), json!([property]));
            }
        }
    }
}

/// The mapped values; without a mapping, the name of the schema.
fn values(documents: &Documents, discriminator: Node<'_>, reference: &str) -> Vec<String> {
    let place = |reference: &str| documents.target(discriminator.document, reference).ok().map(|(key, _)| key);
    let own = place(reference);
    let mapping = discriminator.value.get("mapping").and_then(Value::as_object).into_iter().flatten();
    let mapped: Vec<String> = mapping
        .filter(|(_, target)| {
            let target = target.as_str().unwrap_or_default();
            let by_name = || place(&format!("#/components/schemas/{target}"));
            own.is_some() && (place(target) == own || by_name() == own)
        })
        .map(|(value, _)| value.clone())
        .collect();
    if mapped.is_empty() { vec![reference.rsplit('/').next().unwrap_or_default().to_owned()] } else { mapped }
}

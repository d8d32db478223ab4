//! `${env:NAME}` and `${secret:name}` within the texts of settings.

use std::collections::BTreeSet;

use puente_domain::catalog::{Origin, SourceRecord};
use serde_json::{Map, Value};

/// A reference within a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reference<'a> {
    /// `${env:NAME}`.
    Env(&'a str),
    /// `${secret:name}`.
    Secret(&'a str),
}

/// Acts on each well-formed reference of a source.
pub(super) fn each_reference(settings: &Map<String, Value>, mut act: impl FnMut(Reference<'_>)) {
    let mut settings = Value::Object(settings.clone());
    each_text(&mut settings, "", &mut |_, text| {
        let _ = expand(text, |reference| {
            act(reference);
            Ok(String::new())
        });
    });
}

/// The environment variables that operators' sources name.
pub(super) fn variables(sources: &[SourceRecord]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for source in sources.iter().filter(|source| source.origin == Origin::Operator) {
        each_reference(&source.settings, |reference| {
            if let Reference::Env(name) = reference {
                names.insert(name.to_owned());
            }
        });
    }
    names
}

/// Acts on each text of a setting, with its path.
pub(super) fn each_text(value: &mut Value, path: &str, act: &mut impl FnMut(&str, &mut String)) {
    match value {
        Value::String(text) => act(path, text),
        Value::Array(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                each_text(item, &format!("{path}[{index}]"), act);
            }
        }
        Value::Object(map) => {
            for (key, item) in map {
                let below = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                each_text(item, &below, act);
            }
        }
        _ => {}
    }
}

/// Puts values in place of a text's references.
///
/// # Errors
/// The first reference that has none, or that is none.
pub(super) fn expand(
    text: &str,
    mut value: impl FnMut(Reference<'_>) -> Result<String, String>,
) -> Result<String, String> {
    let (mut expanded, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(start) = rest.find("${") {
        expanded.push_str(&rest[..start]);
        let inside = &rest[start + 2..];
        let Some(end) = inside.find('}') else { return Err(format!("`{}` lacks its `}}`", &rest[start..])) };
        expanded.push_str(&value(reference(&inside[..end])?)?);
        rest = &inside[end + 1..];
    }
    expanded.push_str(rest);
    Ok(expanded)
}

fn reference(inside: &str) -> Result<Reference<'_>, String> {
    match inside.split_once(':') {
        Some(("env", name)) if !name.is_empty() => Ok(Reference::Env(name)),
        Some(("secret", name)) if !name.is_empty() => Ok(Reference::Secret(name)),
        _ => Err(format!("`${{{inside}}}` is no reference; references are ${{env:NAME}} and ${{secret:name}}")),
    }
}

//! How values are written in paths, queries, headers and cookies (OpenAPI 3.1, "Style Examples").

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use crate::{plan::Parameter, settings::Style};

/// All but RFC 3986's unreserved characters.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// All but unreserved and reserved characters; `&`, `=`, `+` and `#` would change what a query says.
const IMPOSSIBLE: &AsciiSet = &RESERVED
    .remove(b':')
    .remove(b'/')
    .remove(b'?')
    .remove(b'@')
    .remove(b'!')
    .remove(b'$')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b',')
    .remove(b';');

/// Percent-encodes a name or a value.
pub(crate) fn encode(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// A value without structure as text.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// A segment of a path, or a part of one.
///
/// # Errors
/// It is empty: the path would be another one.
pub(super) fn path(parameter: &Parameter, value: &Value) -> Result<String, String> {
    if plain(value).is_empty() || value == &Value::Array(Vec::new()) {
        return Err(format!("`{}` may not be empty", parameter.argument));
    }
    if parameter.content_type.is_some() {
        return Ok(encode(&value.to_string()));
    }
    let name = encode(&parameter.name);
    let (list, pairs) = (items(value), members(value));
    Ok(match (parameter.style, list, pairs) {
        (Style::Label, _, Some(pairs)) if parameter.explode => prefixed(".", &joined_pairs(&pairs, "="), "."),
        (Style::Label, _, Some(pairs)) => format!(".{}", flat(&pairs).join(",")),
        (Style::Label, Some(list), _) => prefixed(".", &list, if parameter.explode { "." } else { "," }),
        (Style::Label, ..) => format!(".{}", encode(&plain(value))),
        (Style::Matrix, _, Some(pairs)) if parameter.explode => prefixed(";", &joined_pairs(&pairs, "="), ";"),
        (Style::Matrix, _, Some(pairs)) => format!(";{name}={}", flat(&pairs).join(",")),
        (Style::Matrix, Some(list), _) if parameter.explode => {
            prefixed(&format!(";{name}="), &list, &format!(";{name}="))
        }
        (Style::Matrix, Some(list), _) => format!(";{name}={}", list.join(",")),
        (Style::Matrix, ..) => format!(";{name}={}", encode(&plain(value))),
        (_, _, Some(pairs)) if parameter.explode => joined_pairs(&pairs, "=").join(","),
        (_, _, Some(pairs)) => flat(&pairs).join(","),
        (_, Some(list), _) => list.join(","),
        _ => encode(&plain(value)),
    })
}

/// The `name=value` pairs of a query, a form or a cookie.
pub(super) fn query(parameter: &Parameter, value: &Value) -> Vec<String> {
    let name = encode(&parameter.name);
    let text = |text: &str| {
        if parameter.allow_reserved { utf8_percent_encode(text, IMPOSSIBLE).to_string() } else { encode(text) }
    };
    if parameter.content_type.is_some() {
        return vec![format!("{name}={}", text(&value.to_string()))];
    }
    let items = match value {
        Value::Array(items) => items.iter().map(|item| text(&plain(item))).collect::<Vec<_>>(),
        Value::Object(_) if parameter.style == Style::DeepObject => return deep(&name, value),
        Value::Object(map) if parameter.explode => {
            return map.iter().map(|(key, item)| format!("{}={}", encode(key), text(&plain(item)))).collect();
        }
        Value::Object(map) => map.iter().flat_map(|(key, item)| [encode(key), text(&plain(item))]).collect::<Vec<_>>(),
        single => return vec![format!("{name}={}", text(&plain(single)))],
    };
    if items.is_empty() {
        return Vec::new();
    }
    let separator = match parameter.style {
        Style::SpaceDelimited => "%20",
        Style::PipeDelimited => "%7C",
        _ => ",",
    };
    if parameter.style == Style::DeepObject {
        return deep(&name, value);
    }
    if parameter.explode && value.is_array() {
        return items.into_iter().map(|item| format!("{name}={item}")).collect();
    }
    vec![format!("{name}={}", items.join(separator))]
}

/// `name[a][b]=1`; items of lists repeat the name.
fn deep(name: &str, value: &Value) -> Vec<String> {
    match value {
        Value::Object(map) => {
            map.iter().flat_map(|(key, item)| deep(&format!("{name}%5B{}%5D", encode(key)), item)).collect()
        }
        Value::Array(items) => items.iter().flat_map(|item| deep(name, item)).collect(),
        single => vec![format!("{name}={}", encode(&plain(single)))],
    }
}

/// A header's value; never encoded.
pub(super) fn header(parameter: &Parameter, value: &Value) -> String {
    if parameter.content_type.is_some() {
        return value.to_string();
    }
    match value {
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(","),
        Value::Object(map) => {
            let link = if parameter.explode { "=" } else { "," };
            map.iter().map(|(key, item)| format!("{key}{link}{}", plain(item))).collect::<Vec<_>>().join(",")
        }
        single => plain(single),
    }
}

fn items(value: &Value) -> Option<Vec<String>> {
    value.as_array().map(|items| items.iter().map(|item| encode(&plain(item))).collect())
}

fn members(value: &Value) -> Option<Vec<(String, String)>> {
    value.as_object().map(|map| map.iter().map(|(key, item)| (encode(key), encode(&plain(item)))).collect())
}

fn flat(pairs: &[(String, String)]) -> Vec<String> {
    pairs.iter().flat_map(|(key, value)| [key.clone(), value.clone()]).collect()
}

fn joined_pairs(pairs: &[(String, String)], link: &str) -> Vec<String> {
    pairs.iter().map(|(key, value)| format!("{key}{link}{value}")).collect()
}

fn prefixed(prefix: &str, items: &[String], separator: &str) -> String {
    format!("{prefix}{}", items.join(separator))
}

#[cfg(test)]
#[path = "style_tests.rs"]
mod tests;

//! Which settings hold a secret in the clear.

use serde_json::{Map, Value};
use url::form_urlencoded;

/// Stands for a reference while the text around it is looked at; no URL holds it.
const REFERENCE: char = '\u{1}';
/// Parts of the names of parameters and headers that hold secrets.
const SECRET: [&str; 7] = ["pass", "pwd", "secret", "token", "apikey", "api_key", "api-key"];
/// Parts of the names of headers that do besides.
const SECRET_HEADER: [&str; 3] = ["authorization", "cookie", "key"];

/// The paths of all settings that hold a secret in the clear; `paths` are those that may, as connectors name them.
pub(super) fn find(settings: &Map<String, Value>, paths: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for path in paths {
        match path.strip_suffix(".*") {
            None => found
                .extend(at(settings, path).filter(|text| is_literal_secret(path, text)).map(|_| (*path).to_owned())),
            Some(parent) => {
                let members = settings.get(parent).and_then(Value::as_object).into_iter().flatten();
                let texts = members.filter_map(|(name, value)| Some((name, value.as_str()?)));
                let literal = texts.filter(|(name, text)| is_secret_header(name) && is_literal_text(text));
                found.extend(literal.map(|(name, _)| format!("{parent}.{name}")));
            }
        }
    }
    found
}

fn at<'a>(settings: &'a Map<String, Value>, path: &str) -> Option<&'a str> {
    let mut parts = path.split('.');
    let first = settings.get(parts.next()?)?;
    parts.try_fold(first, |value, part| value.get(part))?.as_str()
}

fn is_secret_header(name: &str) -> bool {
    let name = name.to_lowercase();
    SECRET.iter().chain(&SECRET_HEADER).any(|part| name.contains(part))
}

/// What refers to a secret holds none. A `url` is a URL, a file of `SQLite` or a secret; a `document` a URL or a file.
fn is_literal_secret(path: &str, text: &str) -> bool {
    match path.rsplit('.').next() {
        Some("url" | "document") if text.contains("://") => is_literal_url(text),
        Some("document") => false,
        Some("url") => !text.starts_with("sqlite:") && is_literal_text(text),
        _ => is_literal_text(text),
    }
}

/// A URL holds a secret where it has a password, before the host or among its parameters.
fn is_literal_url(text: &str) -> bool {
    let text = without_references(text);
    let Some((_, rest)) = text.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let password = authority.rsplit_once('@').and_then(|(user, _)| user.split_once(':'));
    if password.is_some_and(|(_, password)| is_literal(password)) {
        return true;
    }
    let query = rest.split('#').next().and_then(|rest| rest.split_once('?')).map_or("", |(_, query)| query);
    form_urlencoded::parse(query.as_bytes()).any(|(name, value)| {
        let name = name.to_lowercase();
        (name == "key" || SECRET.iter().any(|part| name.contains(part))) && is_literal(&value)
    })
}

/// Beside its references, a text may say how they are meant: `Bearer ${…}`, `Token token="${…}"`, `session=${…}`.
fn is_literal_text(text: &str) -> bool {
    let text = without_references(text);
    if !text.contains(REFERENCE) {
        return !text.is_empty();
    }
    let mut words = text.split([' ', ';', ',']).filter(|word| !word.is_empty()).peekable();
    words.next_if(|scheme| scheme.chars().all(|c| c.is_ascii_alphabetic() || c == '-'));
    words.any(|word| {
        let reference = word.find(REFERENCE).unwrap_or(word.len());
        let named = word[..reference].rfind(['=', ':']).map_or(0, |end| end + 1);
        is_literal(&word[named..])
    })
}

/// Whether something stands beside the references.
fn is_literal(text: &str) -> bool {
    if text.contains(REFERENCE) { text.chars().any(char::is_alphanumeric) } else { !text.is_empty() }
}

fn without_references(text: &str) -> String {
    let (mut kept, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((before, after)) = rest.split_once("${") {
        kept.push_str(before);
        kept.push(REFERENCE);
        rest = after.split_once('}').map_or("", |(_, rest)| rest);
    }
    kept + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_in_urls_are_secrets() {
        for (text, expected) in [
            ("postgresql://app:s3cret@db/erp", true),
            ("postgresql://app:${secret:erp.password}@db/erp", false),
            ("postgresql://app:s3cret@${env:SOURCE_HOST}:${env:SOURCE_PORT}/erp", true),
            ("postgresql://${env:SOURCE_USER}:s3cret@db/erp", true),
            ("postgresql://${env:SOURCE_USER}@db/erp", false),
            ("postgresql://app@db/erp?password=hunter2", true),
            ("postgresql://app@db/erp?sslmode=require&pass%77ord=hunter2", true),
            ("postgresql://app@db/erp?password=${secret:erp.password}&sslmode=require", false),
            ("postgresql://app:@db/erp?sslkey=/srv/key.pem", false),
            ("${env:SOURCE_ERP_URL}", false),
            ("postgresql://app@db/erp", false),
            ("sqlite:erp.db", false),
            ("sqlite:///srv/erp.db", false),
            ("hunter2", true),
            ("hunter:2", true),
            ("postgresql://app:s3cret${env:SOURCE_X}@db/erp", true),
        ] {
            assert_eq!(is_literal_secret("url", text), expected, "{text}");
        }
    }

    #[test]
    fn other_settings_are_secrets_whatever_they_look_like() {
        for (text, expected) in [
            ("hunter:2", true),
            ("https://hunter2", true),
            ("hunter2${env:SOURCE_X}", true),
            ("${env:SOURCE_X}hunter2", true),
            ("Bearer hunter2", true),
            ("Bearer ${secret:shop.token}", false),
            ("Token token=\"${secret:shop.token}\"", false),
            ("${secret:shop.user}:${secret:shop.password}", false),
            ("session=${secret:shop.session}; other=${env:SOURCE_X}", false),
            ("${secret:shop.token}", false),
            ("", false),
        ] {
            assert_eq!(is_literal_secret("auth.value", text), expected, "{text}");
        }
    }

    #[test]
    fn headers_and_documents_may_hold_secrets() {
        let settings = serde_json::json!({
            "headers": {
                "Authorization": "Bearer hunter2", "X-Api-Key": "k", "Cookie": "a=${secret:x}", "X-Client": "puente",
            },
            "openapi": {"document": "http://u:hunter2@example.com/openapi.json"},
        });
        let found = find(settings.as_object().unwrap(), &["auth.token", "headers.*", "openapi.document"]);
        assert_eq!(found, ["headers.Authorization", "headers.X-Api-Key", "openapi.document"]);
        for (document, expected) in [
            ("https://example.com/openapi.json?token=hunter2", true),
            ("https://example.com/openapi.json?token=${secret:x}", false),
            ("https://example.com/openapi.json", false),
            ("/srv/openapi.yaml", false),
        ] {
            assert_eq!(is_literal_secret("openapi.document", document), expected, "{document}");
        }
    }
}

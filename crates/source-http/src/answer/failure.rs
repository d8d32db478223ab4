//! What an API says when it refuses.

use std::fmt::Write;

use http::header::RETRY_AFTER;
use serde_json::Value;

use super::Answer;

/// How much of a refusal an agent reads, in characters.
const LONGEST: usize = 2000;

/// `404 Not Found: there is no order 5`: the status, the API's own words and, if it says so, when to try again.
pub(crate) fn describe(answer: &Answer) -> String {
    let status = answer.status;
    let mut text = format!("the API answered {} {}", status.as_u16(), status.canonical_reason().unwrap_or_default());
    let header = |name| answer.headers.get(name).and_then(|value: &http::HeaderValue| value.to_str().ok());
    if status.is_redirection()
        && let Some(location) = answer.location()
    {
        // Queries usually repeat that of the request.
        let place = location.split(['?', '#']).next().unwrap_or_default();
        let _ = write!(text, " (to {place}, which was not followed)");
    }
    let words = words(answer);
    if !words.is_empty() {
        text.push_str(": ");
        text.push_str(&words);
    }
    if let Some(after) = header(RETRY_AFTER).map(|after| answer.shown.conceal(after)) {
        let unit = if after.parse::<u64>().is_ok() { " s" } else { "" };
        let _ = write!(text, " (try again after {after}{unit})");
    }
    text
}

fn words(answer: &Answer) -> String {
    // Cut afterwards: a part of a credential would not be known.
    let told = |text: &str| shorten(&answer.shown.conceal(text));
    if answer.is_json()
        && let Ok(value) = serde_json::from_slice::<Value>(&answer.body)
    {
        // The message first, then everything: the details are what an agent can act on.
        let whole = value.to_string();
        return match message(&value) {
            Some(message) if whole.len() <= message.len() + 32 => told(&message),
            Some(message) => told(&format!("{message} {whole}")),
            None => told(&whole),
        };
    }
    let media_type = answer.media_type();
    match std::str::from_utf8(&answer.body) {
        Ok(text) if media_type == "text/html" => told(&without_tags(text)),
        Ok(text) => told(text.trim()),
        Err(_) => String::new(),
    }
}

/// The message of the usual shapes: RFC 9457, OAuth, `{"error": {"message": …}}`, `{"errors": […]}`.
fn message(value: &Value) -> Option<String> {
    let text = |value: &Value| value.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    for key in ["detail", "message", "error_description", "error_message", "msg", "title", "reason"] {
        if let Some(found) = value.get(key).and_then(text) {
            return Some(found);
        }
    }
    match value.get("error").or_else(|| value.get("errors").and_then(|errors| errors.get(0))) {
        Some(inner @ Value::Object(_)) => message(inner),
        Some(inner) => text(inner),
        None => None,
    }
}

fn without_tags(html: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' => {
                inside = false;
                text.push(' ');
            }
            c if !inside => text.push(c),
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn shorten(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::{HeaderMap, HeaderValue, StatusCode};

    use super::*;
    use crate::auth::Shown;

    fn described(status: u16, media_type: &'static str, body: &'static str) -> String {
        let mut headers = HeaderMap::new();
        headers.insert("content-type", HeaderValue::from_static(media_type));
        let status = StatusCode::from_u16(status).unwrap();
        let (file_name, shown) = (String::new(), Shown::default());
        describe(&Answer { status, headers, body: Bytes::from_static(body.as_bytes()), file_name, shown })
    }

    #[test]
    fn the_api_s_own_words_are_passed_on() {
        for (media_type, body, expected) in [
            ("application/problem+json", r#"{"detail":"no order 5"}"#, "the API answered 404 Not Found: no order 5"),
            ("application/json", r#"{"error":"gone"}"#, "the API answered 404 Not Found: gone"),
            ("application/json", r#"{"errors":[{"message":"bad"}]}"#, "the API answered 404 Not Found: bad"),
            ("text/html", "<h1>Not <b>here</b></h1>", "the API answered 404 Not Found: Not here"),
            ("text/plain", "", "the API answered 404 Not Found"),
        ] {
            assert_eq!(described(404, media_type, body), expected);
        }
        let detailed = described(
            422,
            "application/json",
            r#"{"message":"invalid","errors":[{"field":"amount","code":"too_large"}]}"#,
        );
        assert!(detailed.contains(": invalid {") && detailed.contains("too_large"), "{detailed}");
    }
}

//! What a request shows to its API, and what nobody else may read in the API's words.

use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderName, HeaderValue, header::AUTHORIZATION};

/// What is shorter stands in too many words, and is no secret.
const SHORTEST: usize = 6;
/// Parts of the names of headers that hold secrets.
const SECRET: [&str; 6] = ["auth", "cookie", "key", "token", "secret", "pass"];

/// The credentials that went out with a request. Holds secrets: never log it.
#[derive(Clone, Default)]
pub(crate) struct Shown(Vec<String>);

impl Shown {
    /// Takes note of a header that holds a credential.
    pub(crate) fn header(&mut self, name: &HeaderName, value: &HeaderValue) {
        let text = String::from_utf8_lossy(value.as_bytes());
        self.add(&text);
        if *name != AUTHORIZATION {
            return;
        }
        if let Some((scheme, credential)) = text.split_once(' ') {
            self.add(credential);
            let pair = scheme.eq_ignore_ascii_case("basic").then(|| STANDARD.decode(credential).ok()).flatten();
            let pair = pair.and_then(|pair| String::from_utf8(pair).ok()).unwrap_or_default();
            self.add(pair.split_once(':').map_or("", |(_, password)| password));
        }
    }

    /// Takes note of one of the source's own headers, if its name says that it is a credential.
    pub(crate) fn own_header(&mut self, name: &HeaderName, value: &HeaderValue) {
        if SECRET.iter().any(|part| name.as_str().contains(part)) {
            self.header(name, value);
        }
    }

    /// Takes note of `name=value` in a query.
    pub(crate) fn query(&mut self, pair: &str) {
        let value = pair.split_once('=').map_or(pair, |(_, value)| value);
        self.add(value);
        self.add(&percent_encoding::percent_decode_str(value).decode_utf8_lossy());
    }

    /// As it is, and as JSON writes it.
    fn add(&mut self, secret: &str) {
        let json = serde_json::Value::from(secret).to_string();
        for form in [secret, &json[1..json.len() - 1]] {
            if form.len() >= SHORTEST && !self.0.iter().any(|known| known == form) {
                self.0.push(form.to_owned());
            }
        }
        // The longest first: one may be a part of another.
        self.0.sort_by_key(|known| std::cmp::Reverse(known.len()));
    }

    /// The text, with something else in the place of each credential.
    pub(crate) fn conceal(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, secret| text.replace(secret, "[concealed]"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_known_in_all_their_forms() {
        let mut shown = Shown::default();
        shown.header(&AUTHORIZATION, &HeaderValue::from_static("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="));
        shown.query("api_key=a%26b%22cdef");
        shown.own_header(&HeaderName::from_static("x-client"), &HeaderValue::from_static("application"));
        for told in ["open sesame", "QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "a&b\"cdef", "a%26b%22cdef", "a&b\\\"cdef"] {
            assert_eq!(shown.conceal(&format!("no <{told}>")), "no <[concealed]>");
        }
        assert_eq!(shown.conceal("this application"), "this application");
    }
}

//! `X-Request-Id`: one id in the log, the audit trail, the answer, and wherever the client keeps its own.

use std::sync::Arc;

use http::{HeaderMap, HeaderName};
use uuid::Uuid;

pub(super) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

const LONGEST: usize = 64;

/// The client's, if it is short and harmless in a log; else a new one.
pub(super) fn of(headers: &HeaderMap) -> Arc<str> {
    let harmless = |id: &&str| {
        (1..=LONGEST).contains(&id.len())
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
    };
    let given = headers.get(X_REQUEST_ID).and_then(|value| value.to_str().ok()).filter(harmless);
    given.map_or_else(|| Uuid::now_v7().to_string().into(), Into::into)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_harmless_ids_are_kept() {
        let id = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(X_REQUEST_ID, text.parse().unwrap());
            of(&headers)
        };
        assert_eq!(&*id("a-1_B.c"), "a-1_B.c");
        for harmful in ["", "a b", "a\"b", "ä", &"a".repeat(65)] {
            assert!(Uuid::parse_str(&id(harmful)).is_ok(), "{harmful:?}");
        }
        assert_ne!(of(&HeaderMap::new()), of(&HeaderMap::new()));
    }
}

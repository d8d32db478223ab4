//! The headers of a request, on whatever comes.

use axum::http::HeaderValue;
use base64::{Engine, prelude::BASE64_STANDARD};
use proptest::prelude::*;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::fixture::{Server, body, call, modern};

/// Every header that the protocol reads.
const READ: [&str; 9] = [
    "accept",
    "content-type",
    "last-event-id",
    "mcp-method",
    "mcp-name",
    "mcp-param-region",
    "mcp-protocol-version",
    "mcp-session-id",
    "origin",
];

fn header_value() -> impl Strategy<Value = HeaderValue> {
    let encoded = any::<Vec<u8>>().prop_map(|bytes| format!("=?base64?{}?=", BASE64_STANDARD.encode(bytes)));
    let text = prop_oneof![
        encoded.prop_map(String::into_bytes),
        "[ -~]{0,40}".prop_map(String::into_bytes),
        "(=\\?base64\\?)?[A-Za-z0-9+/=?]{0,20}(\\?=)?".prop_map(String::into_bytes),
        proptest::collection::vec(32_u8.., 0..40),
    ];
    text.prop_filter_map("what HTTP itself refuses", |bytes| HeaderValue::from_bytes(&bytes).ok())
}

/// The code of the error that a call is answered with, or null.
fn code(headers: &[(&'static str, HeaderValue)], name: &str) -> Value {
    Runtime::new().unwrap().block_on(async {
        let mut request = modern("tools/call", call(name, json!({})));
        for (header, value) in headers {
            request.headers_mut().insert(*header, value.clone());
        }
        body(Server::new().send(request).await).await["error"]["code"].clone()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn no_headers_make_it_panic(
        headers in proptest::collection::vec((proptest::sample::select(&READ[..]), header_value()), 1..6),
    ) {
        let mut request = modern("tools/call", call("echo", json!({})));
        for (name, value) in headers {
            request.headers_mut().insert(name, value);
        }
        let status = Runtime::new().unwrap().block_on(async { Server::new().send(request).await.status() });
        prop_assert!(!status.is_server_error(), "{status}");
    }

    #[test]
    fn any_name_passes_in_base64(name in any::<String>()) {
        let encoded = format!("=?base64?{}?=", BASE64_STANDARD.encode(&name));
        let header = HeaderValue::from_str(&encoded).unwrap();
        prop_assert_ne!(code(&[("mcp-name", header)], &name), json!(-32020));
    }

    #[test]
    fn another_name_than_the_body_s_is_refused(name in any::<String>(), header in header_value()) {
        let encoded = format!("=?base64?{}?=", BASE64_STANDARD.encode(&name));
        prop_assume!(header.as_bytes() != encoded.as_bytes() && header.as_bytes() != name.as_bytes());
        prop_assert_eq!(code(&[("mcp-name", header)], &name), json!(-32020));
    }
}

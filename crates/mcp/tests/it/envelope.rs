//! The scan of bodies, on whatever comes.

use proptest::prelude::*;
use puente_mcp::envelope::{EnvelopeError, MAX_BATCH, MAX_DEPTH, Message, scan, scan_batch};
use serde_json::{Map, Value, json};

/// Any JSON value of a few levels.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        // Halves, because serde_json does not promise to read every float back to the bit.
        any::<i32>().prop_map(|number| Value::from(f64::from(number) / 2.0)),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            proptest::collection::hash_map(any::<String>(), inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn id() -> impl Strategy<Value = Value> {
    prop_oneof![any::<i64>().prop_map(Value::from), any::<String>().prop_map(Value::from)]
}

fn params() -> impl Strategy<Value = Map<String, Value>> {
    proptest::collection::hash_map(any::<String>(), value(), 0..6).prop_map(|map| map.into_iter().collect())
}

/// Bytes that look like JSON here and there, so that the scan gets beyond the first of them.
fn nearly_json() -> impl Strategy<Value = Vec<u8>> {
    let token = prop_oneof![
        Just("{".to_owned()),
        Just("}".to_owned()),
        Just("[".to_owned()),
        Just("]".to_owned()),
        Just(":".to_owned()),
        Just(",".to_owned()),
        Just(r#""jsonrpc":"2.0""#.to_owned()),
        Just(r#""id":1"#.to_owned()),
        Just(r#""method":"m""#.to_owned()),
        Just(r#""params":{"#.to_owned()),
        Just(r#""\ud800""#.to_owned()),
        any::<String>(),
    ];
    proptest::collection::vec(token, 0..30).prop_map(|tokens| tokens.concat().into_bytes())
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in any::<Vec<u8>>()) {
        let _ = (scan(&bytes), scan_batch(&bytes));
    }

    #[test]
    fn nothing_that_looks_like_json_makes_it_panic(bytes in nearly_json()) {
        let _ = (scan(&bytes), scan_batch(&bytes));
    }

    #[test]
    fn a_request_is_read_as_it_was_written(id in id(), method in any::<String>(), params in params()) {
        let text = json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}).to_string();
        let Message::Request(request) = scan(text.as_bytes()).unwrap() else { panic!("a request") };
        prop_assert_eq!(serde_json::from_str::<Value>(request.id.as_json()).unwrap(), id);
        prop_assert_eq!(&*request.method, method);
        for (key, value) in &params {
            let raw = request.params.raw(key).unwrap().get();
            prop_assert_eq!(&serde_json::from_str::<Value>(raw).unwrap(), value);
        }
    }

    #[test]
    fn a_response_is_read_as_it_was_written(id in id(), result in value()) {
        let text = json!({"jsonrpc": "2.0", "id": id, "result": result}).to_string();
        let Message::Response(response) = scan(text.as_bytes()).unwrap() else { panic!("a response") };
        let read = serde_json::from_str::<Value>(response.outcome.unwrap().get()).unwrap();
        prop_assert_eq!(read, result);
    }

    #[test]
    fn other_values_are_refused_and_not_unreadable(value in value()) {
        let text = value.to_string();
        prop_assert!(!matches!(scan(text.as_bytes()), Err(EnvelopeError::Syntax(_))));
    }
}

fn code(text: &str) -> i32 {
    scan(text.as_bytes()).unwrap_err().code()
}

#[test]
fn each_defect_has_its_code_and_keeps_the_id_that_can_be_read() {
    assert_eq!(code(""), -32700);
    assert_eq!(code("{} {}"), -32700);
    for invalid in [
        r#"{"jsonrpc":"2.0","id":null,"method":"m"}"#,
        r#"{"jsonrpc":"2.0","id":{},"method":"m"}"#,
        r#"{"jsonrpc":"2.0","id":1}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"m","result":1}"#,
        r#"{"jsonrpc":"2.0","result":1}"#,
        r#"{"id":1,"method":"m"}"#,
        "3",
    ] {
        assert_eq!(code(invalid), -32600, "{invalid}");
    }
    let error = scan(br#"{"jsonrpc":"2.0","id":"a","method":"m","params":[1]}"#).unwrap_err();
    assert_eq!((error.code(), error.id().unwrap().as_json()), (-32600, r#""a""#));
}

#[test]
fn a_member_that_comes_twice_is_refused() {
    let error = scan(br#"{"jsonrpc":"2.0","id":1,"method":"m","params":{"name":"a","name":"b"}}"#).unwrap_err();
    assert!(error.to_string().contains("name"), "{error}");
    assert_eq!(code(r#"{"jsonrpc":"2.0","id":1,"id":2,"method":"m"}"#), -32600);
}

#[test]
fn nesting_is_limited() {
    let nested = |levels: usize| {
        let (open, close) = ("[".repeat(levels), "]".repeat(levels));
        format!(r#"{{"jsonrpc":"2.0","id":1,"method":"m","params":{{"a":{open}{close}}}}}"#)
    };
    assert!(scan(nested(MAX_DEPTH - 2).as_bytes()).is_ok());
    assert!(matches!(scan(nested(MAX_DEPTH - 1).as_bytes()), Err(EnvelopeError::TooDeep)));
    assert!(matches!(scan(nested(1_000_000).as_bytes()), Err(EnvelopeError::TooDeep)));
}

#[test]
fn a_batch_has_a_size() {
    let batch = |size: usize| format!("[{}]", vec!["{}"; size].join(","));
    assert!(matches!(scan_batch(batch(0).as_bytes()), Err(EnvelopeError::BatchSize)));
    assert_eq!(scan_batch(batch(MAX_BATCH).as_bytes()).unwrap().len(), MAX_BATCH);
    assert!(matches!(scan_batch(batch(MAX_BATCH + 1).as_bytes()), Err(EnvelopeError::BatchSize)));
}

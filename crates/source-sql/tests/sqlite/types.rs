//! Every kind of value of SQLite, and values that come back as they were bound.

use proptest::{prelude::*, test_runner::TestRunner};
use serde_json::{Value, json};

use super::Database;
use crate::support::{call, connect};

#[tokio::test]
async fn every_declared_type_and_storage_class() {
    let database = Database::new(
        "CREATE TABLE t (i INTEGER, big BIGINT, r REAL, txt TEXT, vc VARCHAR(10), b BLOB, n NUMERIC, d DECIMAL(10,2),
                         yes BOOLEAN, no BOOLEAN, day DATE, at DATETIME, js JSON, any ANY, u, odd INTEGER, bad JSON);
         INSERT INTO t VALUES (1, 9223372036854775807, 1.5, 'ä\"\n', 'x', x'00ff', 12.5, 7, 1, 0, '2026-01-31',
                               '2026-01-31 12:00:00.5', '{\"a\": [1, null]}', 'z', 3, 'no number', '{broken');
         INSERT INTO t DEFAULT VALUES;",
    );
    let source = connect(&database.settings(), &json!({
        "all": {"sql": "SELECT * FROM t"},
        "expressions": {"sql": "SELECT 1 AS one, 1.5 AS r, 'a' AS a, x'01' AS b, NULL AS none, 1e999 AS inf, -9007199254740993 AS big"},
    })).await;
    let result = call(&*source, "all", json!({})).await.unwrap();
    let expected = json!({
        "i": 1, "big": "9223372036854775807", "r": 1.5, "txt": "ä\"\n", "vc": "x", "b": "AP8=", "n": "12.5", "d": "7",
        "yes": true, "no": false, "day": "2026-01-31", "at": "2026-01-31T12:00:00.5", "js": {"a": [1, null]},
        "any": "z", "u": 3, "odd": "no number", "bad": "{broken",
    });
    assert_eq!(result["rows"][0], expected);
    assert!(result["rows"][1].as_object().unwrap().values().all(Value::is_null));
    let result = call(&*source, "expressions", json!({})).await.unwrap();
    let expected =
        json!({"one": 1, "r": 1.5, "a": "a", "b": "AQ==", "none": null, "inf": "Infinity", "big": "-9007199254740993"});
    assert_eq!(result["rows"][0], expected);

    let offer = source.offer();
    let schema = |tool: usize| {
        offer.tools[tool].tool.output_schema.as_ref().unwrap()["properties"]["rows"]["items"]["properties"].clone()
    };
    assert_eq!(schema(1)["one"], json!({}));
    assert_eq!(schema(0)["txt"]["type"], json!(["string", "null"]));
}

/// Declared types decide by their names (SQLite, "Determination Of Column Affinity"); strict tables and generated columns
/// have fewer.
#[tokio::test]
async fn every_name_of_a_type_and_the_ends_of_its_range() {
    let cases = [
        ("INT", "-9007199254740991", json!(-9_007_199_254_740_991_i64)),
        ("TINYINT", "255", json!(255)),
        ("UNSIGNED BIG INT", "-9223372036854775807 - 1", json!("-9223372036854775808")),
        ("CHARACTER(20)", "''", json!("")),
        ("NVARCHAR(100)", "'漢🌉'", json!("漢🌉")),
        ("CLOB", "'a' || char(0) || 'b'", json!("a\u{0}b")),
        ("DOUBLE PRECISION", "5e-324", json!(5e-324)),
        ("FLOAT", "-1e308 * 10", json!("-Infinity")),
        ("REAL", "2", json!(2.0)),
        ("NUMERIC(30,10)", "'0.1'", json!("0.1")),
        ("TIME", "'12:34:56.5'", json!("12:34:56.5")),
        ("TIMESTAMP", "'2026-01-31 12:00:00'", json!("2026-01-31T12:00:00")),
        ("BLOB", "zeroblob(3)", json!("AAAA")),
        ("UUID", "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'", json!("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11")),
    ];
    let columns: Vec<_> = cases.iter().enumerate().map(|(at, (kind, ..))| format!("c{at} {kind}")).collect();
    let values: Vec<_> = cases.iter().map(|(_, value, _)| *value).collect();
    let database = Database::new(&format!(
        "CREATE TABLE t ({}); INSERT INTO t VALUES ({});
         CREATE TABLE strict (i INT, r REAL, t TEXT, b BLOB, a ANY, twice INT AS (i * 2)) STRICT;
         INSERT INTO strict VALUES (1, 2, 'x', x'00', '007')",
        columns.join(", "),
        values.join(", ")
    ));
    let tools = json!({"all": {"sql": "SELECT * FROM t"}, "strict": {"sql": "SELECT * FROM strict"}});
    let source = connect(&database.settings(), &tools).await;
    let result = call(&*source, "all", json!({})).await.unwrap();
    for (at, (kind, value, expected)) in cases.iter().enumerate() {
        assert_eq!(&result["rows"][0][format!("c{at}")], expected, "{kind} {value}");
    }
    let strict = call(&*source, "strict", json!({})).await.unwrap();
    assert_eq!(strict["rows"][0], json!({"i": 1, "r": 2.0, "t": "x", "b": "AA==", "a": "007", "twice": 2}));
}

#[tokio::test(flavor = "multi_thread")]
async fn values_come_back_as_they_were_bound() {
    let database = Database::new("");
    let parameters = ["integer", "number", "string", "boolean", "json", "bytes"]
        .map(|kind| (kind.to_owned(), json!({"type": kind})));
    let tools: serde_json::Map<String, Value> = parameters
        .into_iter()
        .map(|(kind, settings)| (kind, json!({"sql": "SELECT :p AS p", "parameters": {"p": settings}})))
        .collect();
    let source = connect(&database.settings(), &Value::Object(tools)).await;
    let back = |kind: &str, value: Value| {
        let called = async { call(&*source, kind, json!({"p": value})).await.unwrap()["rows"][0]["p"].clone() };
        tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(called))
    };
    let mut runner = TestRunner::default();
    runner
        .run(&any::<i64>(), |i| {
            let expected = if i.unsigned_abs() < 1 << 53 { json!(i) } else { json!(i.to_string()) };
            prop_assert_eq!(back("integer", json!(i)), expected);
            Ok(())
        })
        .unwrap();
    runner
        .run(&proptest::num::f64::NORMAL, |n| {
            prop_assert_eq!(back("number", json!(n)), json!(n));
            Ok(())
        })
        .unwrap();
    runner
        .run(&any::<String>(), |s| {
            prop_assert_eq!(back("string", json!(s)), json!(s));
            Ok(())
        })
        .unwrap();
    runner
        .run(&any::<bool>(), |b| {
            prop_assert_eq!(back("boolean", json!(b)), json!(i64::from(b)));
            Ok(())
        })
        .unwrap();
    runner
        .run(&any::<Vec<String>>(), |list| {
            let text = back("json", json!(list));
            prop_assert_eq!(serde_json::from_str::<Value>(text.as_str().unwrap()).unwrap(), json!(list));
            Ok(())
        })
        .unwrap();
    for base64 in ["", "AA==", "AP8="] {
        assert_eq!(back("bytes", json!(base64)), json!(base64));
    }
}

//! Every type of MariaDB, value by value, and values that come back as they were bound.

use proptest::{prelude::*, test_runner::TestRunner};
use serde_json::{Map, Value, json};

use super::Database;
use crate::support::{call, connect};

/// Column type, SQL value, JSON.
fn cases() -> Vec<(&'static str, &'static str, Value)> {
    vec![
        ("bool", "true", json!(true)),
        ("bool", "false", json!(false)),
        ("bool", "7", json!(7)),
        ("tinyint", "-128", json!(-128)),
        ("tinyint unsigned", "255", json!(255)),
        ("smallint", "-32768", json!(-32768)),
        ("smallint unsigned", "65535", json!(65535)),
        ("mediumint", "-8388608", json!(-8_388_608)),
        ("mediumint unsigned", "16777215", json!(16_777_215)),
        ("int", "-2147483648", json!(-2_147_483_648_i64)),
        ("int unsigned", "4294967295", json!(4_294_967_295_u64)),
        ("bigint", "-9007199254740991", json!(-9_007_199_254_740_991_i64)),
        ("bigint", "9223372036854775807", json!("9223372036854775807")),
        ("bigint unsigned", "18446744073709551615", json!("18446744073709551615")),
        ("float", "1.1", json!(1.1)),
        ("double", "0.1", json!(0.1)),
        ("decimal(10,2)", "-12.5", json!("-12.50")),
        (
            "decimal(65,30)",
            "12345678901234567890123456789012345.000000000000000000000000000001",
            json!("12345678901234567890123456789012345.000000000000000000000000000001"),
        ),
        ("bit(1)", "b'1'", json!(1)),
        ("bit(64)", "0xFFFFFFFFFFFFFFFF", json!("18446744073709551615")),
        ("year", "2026", json!(2026)),
        ("date", "'2024-02-29'", json!("2024-02-29")),
        ("time", "'12:34:56'", json!("12:34:56")),
        ("time(6)", "'-838:59:58.000001'", json!("-838:59:58.000001")),
        ("datetime", "'2026-01-31 12:00:00'", json!("2026-01-31T12:00:00")),
        ("datetime", "'2026-01-31'", json!("2026-01-31T00:00:00")),
        ("datetime(6)", "'2026-01-31 12:00:00.5'", json!("2026-01-31T12:00:00.5")),
        ("timestamp", "'2026-01-31 12:00:00'", json!("2026-01-31T09:00:00Z")),
        ("char(3)", "'x'", json!("x")),
        ("varchar(10)", "'ä\"\\\\'", json!("ä\"\\")),
        ("varchar(10) COLLATE utf8mb4_bin", "'ü'", json!("ü")),
        ("varchar(10) CHARACTER SET latin1", "'ü'", json!("ü")),
        ("tinytext", "'x'", json!("x")),
        ("text", "'x'", json!("x")),
        ("mediumtext", "'x'", json!("x")),
        ("longtext", "'x'", json!("x")),
        ("binary(2)", "0x00FF", json!("AP8=")),
        ("varbinary(2)", "0x00FF", json!("AP8=")),
        ("tinyblob", "0x00FF", json!("AP8=")),
        ("blob", "0x00FF", json!("AP8=")),
        ("mediumblob", "0x00FF", json!("AP8=")),
        ("longblob", "0x00FF", json!("AP8=")),
        ("enum('a','b')", "'b'", json!("b")),
        ("set('a','b')", "'a,b'", json!("a,b")),
        ("json", "'{\"a\": 1}'", json!("{\"a\": 1}")),
        ("uuid", "'123e4567-e89b-12d3-a456-426655440000'", json!("123e4567-e89b-12d3-a456-426655440000")),
        ("inet6", "'2001:db8::1'", json!("2001:db8::1")),
        ("inet4", "'10.0.0.1'", json!("10.0.0.1")),
        ("point", "ST_GeomFromText('POINT(1 2)')", json!("AAAAAAEBAAAAAAAAAAAA8D8AAAAAAAAAQA==")),
        ("int", "NULL", json!(null)),
    ]
}

#[tokio::test]
async fn every_type_value_by_value() {
    let cases = cases();
    let columns: Vec<_> = cases.iter().enumerate().map(|(at, (sql, ..))| format!("c{at} {sql} NULL")).collect();
    let values: Vec<_> = cases.iter().map(|(_, value, _)| *value).collect();
    let sql = format!(
        "SET time_zone = '+03:00'; CREATE TABLE t ({}); INSERT INTO t VALUES ({})",
        columns.join(", "),
        values.join(", ")
    );
    let database = Database::new(&sql).await;
    database.execute("SET sql_mode = ''; CREATE TABLE zero (d date, t datetime); INSERT INTO zero VALUES ('0000-00-00', '0000-00-00')").await;
    database.grant("SELECT", "*").await;
    let tools = json!({
        "all": {"sql": "SELECT * FROM t"},
        "zero": {"sql": "SELECT * FROM zero"},
        "expressions": {"sql": "SELECT 1 AS one, 1.50 AS d, 1e0 AS f, 'a' AS a, NULL AS n, 1 = 1 AS t, x'00' AS b, now() > '2020-01-01' AS later"},
    });
    let source = connect(&database.settings(), &tools).await;
    assert_eq!(source.offer().problems, [""; 0]);
    let result = call(&*source, "all", json!({})).await.unwrap();
    for (at, (sql, value, expected)) in cases.iter().enumerate() {
        assert_eq!(&result["rows"][0][format!("c{at}")], expected, "{sql} {value}");
    }
    let zero = call(&*source, "zero", json!({})).await.unwrap();
    assert_eq!(zero["rows"], json!([{"d": null, "t": null}]));
    let expressions = call(&*source, "expressions", json!({})).await.unwrap();
    let expected = json!({"one": 1, "d": "1.50", "f": 1.0, "a": "a", "n": null, "t": 1, "b": "AA==", "later": 1});
    assert_eq!(expressions["rows"][0], expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn values_come_back_as_they_were_bound() {
    let database = Database::new("SELECT 1").await;
    database.grant("SELECT", "*").await;
    let kinds = ["integer", "number", "string", "boolean", "json", "bytes", "decimal", "date", "datetime"];
    let mut tools = Map::new();
    for kind in kinds {
        tools.insert(kind.to_owned(), json!({"sql": "SELECT :p AS p", "parameters": {"p": {"type": kind}}}));
    }
    let source = connect(&database.settings(), &Value::Object(tools)).await;
    assert_eq!(source.offer().problems, [""; 0]);
    let back = |kind: &str, value: Value| {
        let called = async { call(&*source, kind, json!({"p": value})).await.unwrap()["rows"][0]["p"].clone() };
        tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(called))
    };
    let mut runner = TestRunner::default();
    let safe = |i: i64| if i.unsigned_abs() < 1 << 53 { json!(i) } else { json!(i.to_string()) };
    runner
        .run(&any::<i64>(), |i| {
            prop_assert_eq!(back("integer", json!(i)), safe(i));
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
        .run(&any::<bool>(), |b| {
            prop_assert_eq!(back("boolean", json!(b)), json!(i64::from(b)));
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
        .run(&"-?[1-9][0-9]{0,34}\\.[0-9]{30}", |d| {
            prop_assert_eq!(back("decimal", json!(d)), json!(d));
            Ok(())
        })
        .unwrap();
    runner
        .run(&(1..=9999_i32, 1..=12_u32, 1..=28_u32, 0..86400_u32), |(y, m, d, s)| {
            let date = format!("{y:04}-{m:02}-{d:02}");
            let time = format!("{date}T{:02}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
            prop_assert_eq!(back("date", json!(date)), json!(date));
            prop_assert_eq!(back("datetime", json!(time)), json!(time));
            Ok(())
        })
        .unwrap();
    assert_eq!(back("bytes", json!("AP8=")), json!("AP8="));
    assert_eq!(back("json", json!({"a": [1]})), json!("{\"a\":[1]}"));
}

//! Every type of PostgreSQL, value by value, and values that come back as they were bound.

use proptest::{prelude::*, test_runner::TestRunner};
use serde_json::{Map, Value, json};

use super::Database;
use crate::support::{call, connect};

const TYPES: &str = "CREATE TYPE mood AS ENUM ('sad', 'happy');
     CREATE TYPE pair AS (a int, b text);
     CREATE DOMAIN positive AS int CHECK (value > 0);
     CREATE EXTENSION hstore;";

/// SQL expression → JSON.
fn cases() -> Vec<(&'static str, Value)> {
    let mut cases = numbers();
    cases.extend(times());
    cases.extend(others());
    cases
}

fn numbers() -> Vec<(&'static str, Value)> {
    vec![
        ("true", json!(true)),
        ("32767::int2", json!(32767)),
        ("(-2147483648)::int4", json!(-2_147_483_648_i64)),
        ("9007199254740991::int8", json!(9_007_199_254_740_991_i64)),
        ("9223372036854775807::int8", json!("9223372036854775807")),
        ("4294967295::oid", json!(4_294_967_295_i64)),
        ("1.1::float4", json!(1.1)),
        ("0.1::float8", json!(0.1)),
        ("'NaN'::float8", json!("NaN")),
        ("'-Infinity'::float4", json!("-Infinity")),
        ("12.50::numeric(10,2)", json!("12.50")),
        ("0::numeric", json!("0")),
        ("-0.00012::numeric", json!("-0.00012")),
        ("10000::numeric", json!("10000")),
        ("123456789012345678901234567890.123456789::numeric", json!("123456789012345678901234567890.123456789")),
        ("1e20::numeric", json!("100000000000000000000")),
        ("100000000.0001::numeric", json!("100000000.0001")),
        ("'NaN'::numeric", json!("NaN")),
        ("'Infinity'::numeric", json!("Infinity")),
        ("12.5::money", json!("$12.50")),
    ]
}

fn times() -> Vec<(&'static str, Value)> {
    vec![
        ("'2024-02-29'::date", json!("2024-02-29")),
        ("'1969-12-31'::date", json!("1969-12-31")),
        ("'infinity'::date", json!("infinity")),
        ("'0044-03-15 BC'::date", json!("-0043-03-15")),
        ("'12345-01-02'::date", json!("+12345-01-02")),
        ("'12:34:56.789'::time", json!("12:34:56.789")),
        ("'24:00'::time", json!("24:00:00")),
        ("'12:00:00.000001+05:30'::timetz", json!("12:00:00.000001+05:30")),
        ("'12:00:00-08'::timetz", json!("12:00:00-08:00")),
        ("'2026-01-31 12:00:00.5'::timestamp", json!("2026-01-31T12:00:00.5")),
        ("'1969-12-31 23:59:59.999999'::timestamp", json!("1969-12-31T23:59:59.999999")),
        ("'2026-01-31 12:00:00+02'::timestamptz", json!("2026-01-31T10:00:00Z")),
        ("'-infinity'::timestamptz", json!("-infinity")),
        ("'1 year 2 mons 3 days 04:05:06.7'::interval", json!("P1Y2M3DT4H5M6.7S")),
        ("'-1 hours'::interval", json!("PT-1H")),
        ("'0'::interval", json!("PT0S")),
    ]
}

fn others() -> Vec<(&'static str, Value)> {
    vec![
        ("'ä\"\\'::text", json!("ä\"\\")),
        ("'x'::varchar(3)", json!("x")),
        ("'x'::char(3)", json!("x  ")),
        ("'x'::name", json!("x")),
        ("'x'::\"char\"", json!("x")),
        ("'<a/>'::xml", json!("<a/>")),
        ("'\\x00ff'::bytea", json!("AP8=")),
        ("'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'::uuid", json!("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11")),
        ("'{\"a\": [1, null]}'::json", json!({"a": [1, null]})),
        ("'[1, {\"b\": 2}]'::jsonb", json!([1, {"b": 2}])),
        ("'happy'::mood", json!("happy")),
        ("5::positive", json!(5)),
        ("'{1,NULL,3}'::int4[]", json!([1, null, 3])),
        ("'{{1,2},{3,4}}'::int8[]", json!([[1, 2], [3, 4]])),
        ("'{}'::text[]", json!([])),
        ("'{a,\"b\\\"c\"}'::text[]", json!(["a", "b\"c"])),
        ("'{1.50,NaN}'::numeric[]", json!(["1.50", "NaN"])),
        ("'{happy,sad}'::mood[]", json!(["happy", "sad"])),
        ("'{2024-02-29}'::date[]", json!(["2024-02-29"])),
        ("'{10.0.0.1}'::inet[]", json!(["10.0.0.1"])),
        ("ROW(1,'x')::pair", json!("(1,x)")),
        ("'10.0.0.0/8'::cidr", json!("10.0.0.0/8")),
        ("'10.0.0.1'::inet", json!("10.0.0.1")),
        ("'10.0.0.1/8'::inet", json!("10.0.0.1/8")),
        ("'2001:db8::1'::inet", json!("2001:db8::1")),
        ("'2001:db8::/32'::cidr", json!("2001:db8::/32")),
        ("'08:00:2b:01:02:03'::macaddr", json!("08:00:2b:01:02:03")),
        ("'08:00:2b:01:02:03:04:05'::macaddr8", json!("08:00:2b:01:02:03:04:05")),
        ("B'101'", json!("101")),
        ("B'101'::varbit", json!("101")),
        ("'(1,2)'::point", json!("(1,2)")),
        ("'{1,2,3}'::line", json!("{1,2,3}")),
        ("'[(0,0),(1,1)]'::lseg", json!("[(0,0),(1,1)]")),
        ("'(1,1),(0,0)'::box", json!("(1,1),(0,0)")),
        ("'((0,0),(1,1))'::path", json!("((0,0),(1,1))")),
        ("'((0,0),(1,1))'::polygon", json!("((0,0),(1,1))")),
        ("'<(0,0),1>'::circle", json!("<(0,0),1>")),
        ("'[1,5)'::int4range", json!("[1,5)")),
        ("'{[1,5)}'::int4multirange::text", json!("{[1,5)}")),
        ("'[2024-01-01,2024-02-01)'::daterange", json!("[2024-01-01,2024-02-01)")),
        ("'[1.5,2.5]'::numrange", json!("[1.5,2.5]")),
        ("'(,5)'::int8range", json!("(,5)")),
        ("'[2024-01-01 00:00,2024-01-02 00:00)'::tsrange", json!("[\"2024-01-01 00:00:00\",\"2024-01-02 00:00:00\")")),
        ("'{t,f,NULL}'::bool[]", json!([true, false, null])),
        ("'{1.5,-Infinity}'::float8[]", json!([1.5, "-Infinity"])),
        ("ARRAY['\\x00ff'::bytea]", json!(["AP8="])),
        ("'{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}'::uuid[]", json!(["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"])),
        ("'{2026-01-31 12:00:00+00}'::timestamptz[]", json!(["2026-01-31T12:00:00Z"])),
        ("ARRAY['{\"a\": 1}'::jsonb]", json!([{"a": 1}])),
        ("'a b'::tsvector", json!("'a' 'b'")),
        ("'a & b'::tsquery", json!("'a' & 'b'")),
        ("'a=>1'::hstore", json!("\"a\"=>\"1\"")),
        ("'16/B374D848'::pg_lsn", json!("16/B374D848")),
        ("'$.a'::jsonpath", json!("$.\"a\"")),
        ("'pg_class'::regclass", json!("pg_class")),
        ("'1 2'::int2vector", json!([1, 2])),
        ("'5'::xid", json!("5")),
        ("NULL::int4", json!(null)),
        ("'unknown'", json!("unknown")),
    ]
}

#[tokio::test]
async fn every_type_value_by_value() {
    let database = Database::new(TYPES).await;
    let cases = cases();
    let columns: Vec<_> = cases.iter().enumerate().map(|(at, (sql, _))| format!("{sql} AS c{at}")).collect();
    let tools = json!({"all": {"sql": format!("SELECT {}", columns.join(",\n"))}});
    let source = connect(&database.settings(), &tools).await;
    assert_eq!(source.offer().problems, [""; 0]);
    let result = call(&*source, "all", json!({})).await.unwrap();
    for (at, (sql, expected)) in cases.iter().enumerate() {
        assert_eq!(&result["rows"][0][format!("c{at}")], expected, "{sql}");
    }
}

#[tokio::test]
async fn a_type_that_the_driver_cannot_describe_says_what_to_do() {
    let database = Database::new("").await;
    let tools = json!({"all": {"sql": "SELECT '{[1,5)}'::int4multirange AS x"}});
    let source = connect(&database.settings(), &tools).await;
    assert!(source.offer().problems[0].contains("cast it to text"), "{:?}", source.offer().problems);
}

#[tokio::test(flavor = "multi_thread")]
async fn values_come_back_as_they_were_bound() {
    let database = Database::new("").await;
    let kinds = ["integer", "number", "string", "boolean", "json", "bytes", "decimal", "date", "datetime"];
    let mut tools = Map::new();
    for kind in kinds {
        tools.insert(kind.to_owned(), json!({"sql": "SELECT :p AS p", "parameters": {"p": {"type": kind}}}));
        let list = json!({"sql": "SELECT :p AS p", "parameters": {"p": {"type": kind, "list": true}}});
        tools.insert(format!("{kind}s"), list);
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
        .run(&any::<Vec<i64>>(), |list| {
            let expected: Vec<_> = list.iter().map(|&i| safe(i)).collect();
            prop_assert_eq!(back("integers", json!(list)), json!(expected));
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
            prop_assert_eq!(back("boolean", json!(b)), json!(b));
            Ok(())
        })
        .unwrap();
    let text = any::<String>().prop_map(|text| text.replace('\0', ""));
    runner
        .run(&text, |s| {
            prop_assert_eq!(back("string", json!(s)), json!(s));
            Ok(())
        })
        .unwrap();
    runner
        .run(&proptest::collection::vec(text, 0..5), |list| {
            prop_assert_eq!(back("strings", json!(list)), json!(list));
            prop_assert_eq!(back("json", json!({"list": list})), json!({"list": list}));
            Ok(())
        })
        .unwrap();
    runner
        .run(&"-?[1-9][0-9]{0,40}(\\.[0-9]{1,20})?", |d| {
            prop_assert_eq!(back("decimal", json!(d)), json!(d));
            Ok(())
        })
        .unwrap();
    runner
        .run(&(1..=9999_i32, 1..=12_u32, 1..=28_u32, 0..86400_u32), |(y, m, d, s)| {
            let date = format!("{y:04}-{m:02}-{d:02}");
            let time = format!("{date}T{:02}:{:02}:{:02}Z", s / 3600, s / 60 % 60, s % 60);
            prop_assert_eq!(back("date", json!(date)), json!(date));
            prop_assert_eq!(back("datetimes", json!([time])), json!([time]));
            Ok(())
        })
        .unwrap();
    assert_eq!(back("bytes", json!("AP8=")), json!("AP8="));
}

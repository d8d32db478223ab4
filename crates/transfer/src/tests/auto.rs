//! Files of other people.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, types::Value};
use secrecy::{ExposeSecret, SecretString};
use sqlx::{AssertSqlSafe, Connection as _, Row};

use super::world::empty_postgres;
use crate::{AutoOptions, AutoReport, Error, OnUnfit, Place, Progress, auto, sqlite::strings};

async fn target() -> SecretString {
    match empty_postgres().await {
        Place::Postgres(url) => url,
        _ => unreachable!("it is PostgreSQL"),
    }
}

async fn take_over(file: &Path, to: &SecretString, unfit: Option<OnUnfit>) -> crate::Result<AutoReport> {
    let options =
        AutoOptions { file: file.to_owned(), to: to.clone(), schema: "the schema".to_owned(), unfit, dry_run: false };
    auto(&options, &Progress::default()).await
}

/// Rows as text, in the order of their text.
async fn rows(to: &SecretString, sql: &str) -> Vec<Vec<Option<String>>> {
    let mut connection = sqlx::PgConnection::connect(to.expose_secret()).await.unwrap();
    sqlx::raw_sql("SET search_path TO \"the schema\"; SET extra_float_digits = 3")
        .execute(&mut connection)
        .await
        .unwrap();
    let rows = sqlx::query(AssertSqlSafe(sql.to_owned())).fetch_all(&mut connection).await.unwrap();
    let mut rows: Vec<_> =
        rows.iter().map(|row| (0..row.len()).map(|i| row.get::<Option<String>, _>(i)).collect::<Vec<_>>()).collect();
    rows.sort();
    rows
}

async fn one(to: &SecretString, sql: &str) -> String {
    rows(to, sql).await[0][0].clone().unwrap_or_default()
}

/// A value as PostgreSQL's text has it in a column of this type.
fn text_of(value: Value, declared: &str) -> Option<String> {
    Some(match value {
        Value::Null => return None,
        Value::Integer(value) if declared == "boolean" => (value == 1).to_string(),
        Value::Integer(value) if declared == "double precision" => shortest(value.to_string().parse().unwrap()),
        Value::Integer(value) => value.to_string(),
        Value::Real(value) if declared.starts_with("numeric") => value.to_string(),
        Value::Real(value) => shortest(value),
        Value::Text(text) if declared == "timestamp" => text.replace('T', " "),
        Value::Text(text) if declared == "bytea" => format!("\\x{}", crate::digest::hex(text.as_bytes())),
        Value::Text(text) => text,
        Value::Blob(bytes) => format!("\\x{}", crate::digest::hex(&bytes)),
    })
}

fn shortest(value: f64) -> String {
    if value.is_infinite() { if value > 0.0 { "Infinity" } else { "-Infinity" }.to_owned() } else { value.to_string() }
}

/// Compares every value of every table with what PostgreSQL holds now.
async fn compare(file: &Path, to: &SecretString, report: &AutoReport) {
    let connection = Connection::open(file).unwrap();
    for table in &report.tables {
        let columns: Vec<(String, &str)> = table.columns.iter().map(|column| split(column)).collect();
        let names: Vec<String> = columns.iter().map(|(name, _)| crate::schema::quoted(name)).collect();
        let mut statement = connection
            .prepare(&format!("SELECT {} FROM {}", names.join(", "), crate::schema::quoted(&table.name)))
            .unwrap();
        let mut wanted = Vec::new();
        let mut sqlite = statement.query([]).unwrap();
        while let Some(row) = sqlite.next().unwrap() {
            let value = |(index, (_, declared)): (usize, &(String, &str))| text_of(row.get(index).unwrap(), declared);
            wanted.push(columns.iter().enumerate().map(value).collect::<Vec<_>>());
        }
        wanted.sort();
        // Numbers in the shortest notation without an exponent.
        let select = columns.iter().zip(&names).map(|((_, declared), name)| match *declared {
            declared if declared.starts_with("numeric(") => format!("trim_scale({name})::text"),
            _ => format!("{name}::text"),
        });
        let select =
            format!("SELECT {} FROM {}", select.collect::<Vec<_>>().join(", "), crate::schema::quoted(&table.name));
        let mut found = rows(to, &select).await;
        for row in &mut found {
            let doubles = row.iter_mut().zip(&columns).filter(|(_, (_, declared))| *declared == "double precision");
            doubles.for_each(|(value, _)| *value = value.as_ref().map(|value| shortest(value.parse().unwrap())));
        }
        found.sort();
        assert_eq!(found.len(), wanted.len(), "{}", table.name);
        for (found, wanted) in found.iter().zip(&wanted) {
            for (index, (found, wanted)) in found.iter().zip(wanted).enumerate() {
                let json = columns[index].1 == "jsonb";
                let same = if json { parsed(found.as_deref()) == parsed(wanted.as_deref()) } else { found == wanted };
                assert!(same, "{}.{}: {found:?} is not {wanted:?}", table.name, columns[index].0);
            }
        }
    }
}

fn parsed(text: Option<&str>) -> Option<serde_json::Value> {
    text.map(|text| serde_json::from_str(text).unwrap())
}

/// `name type`, where either may have spaces.
fn split(column: &str) -> (String, &str) {
    let types =
        ["double precision", "bigint", "boolean", "bytea", "date", "jsonb", "timestamp", "text", "numeric", "varchar"];
    let at = types.iter().filter_map(|name| column.rfind(&format!(" {name}"))).max().unwrap();
    (column[..at].to_owned(), &column[at + 1..])
}

#[tokio::test]
async fn oddities_are_taken_over_row_by_row() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("odd.db");
    Connection::open(&file).unwrap().execute_batch(include_str!("oddities.sql")).unwrap();
    let to = target().await;
    let report = take_over(&file, &to, None).await.unwrap();
    compare(&file, &to, &report).await;

    let notes = report.notes.join("\n");
    for word in [
        "not translated: view names",
        "not translated: trigger watch",
        "virtual table search",
        "table mixed, column n: it holds 1 numbers, 1 texts",
        "column big: it holds integers that no double",
        "table orphan: the reference",
        "collation NOCASE",
        "column label: GENERATED",
        "CHECK (typeof(h) = 'real')",
    ] {
        assert!(notes.contains(word), "no '{word}' in:\n{notes}");
    }
    let types = |table: &str| report.tables.iter().find(|known| known.name == table).unwrap().columns.join(", ");
    assert_eq!(
        types("mixed"),
        "id bigint, n text, big numeric, money numeric(10, 2), precise numeric, flag boolean, odd bigint, day date, at timestamp, \
         some text, doc jsonb, bad text, short varchar(5), long text, bytes bytea, anything text"
    );
    assert_eq!(types("empty_one"), "a text, b text, c jsonb, d date, e boolean, f numeric(5, 1)");

    // Numbers go on behind those that were given to rows that are gone; defaults and generated columns work.
    assert_eq!(one(&to, "INSERT INTO counted (name) VALUES ('new') RETURNING id::text").await, "4");
    assert_eq!(one(&to, "INSERT INTO child DEFAULT VALUES RETURNING id::text").await, "4");
    let made = "INSERT INTO shape (w, h) VALUES (2, 3) RETURNING area::text || ' ' || (created ~ '^\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d$')";
    assert_eq!(one(&to, made).await, "6 true");
    let made = "INSERT INTO \"Weird Name\" (\"key col\") VALUES ('d') RETURNING b || c::text || \"quote\"\"d\"";
    assert_eq!(one(&to, made).await, "7\\x00ffit's");
    let constraints = "SELECT string_agg(contype::text, '' ORDER BY contype) FROM pg_constraint
                       WHERE connamespace = '\"the schema\"'::regnamespace AND contype IN ('c', 'f', 'p', 'u')";
    assert_eq!(one(&to, constraints).await, "cfffppppppuu");
    let indexes =
        "SELECT count(*)::text FROM pg_indexes WHERE indexname IN ('child_by_code', 'child_some', 'child_lower')";
    assert_eq!(one(&to, indexes).await, "3");
    let again = take_over(&file, &to, None).await;
    assert!(matches!(again, Err(Error::Refused(_))), "{again:?}");
}

#[tokio::test]
async fn text_that_does_not_fit_is_listed_and_then_treated_as_asked() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("unfit.db");
    let connection = Connection::open(&file).unwrap();
    let rows = "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, j JSON);
                INSERT INTO t VALUES (1, 'fine', '{}'), (2, 'a' || char(0) || 'b', '[]'),
                    (3, CAST(x'c328' AS TEXT), 1), (4, 'x', '{\"n\":\"\\u0000\"}')";
    connection.execute_batch(rows).unwrap();
    drop(connection);
    let refused = take_over(&file, &target().await, None).await;
    let Err(Error::Preflight(problems)) = refused else { panic!("{refused:?}") };
    let problems = problems.join("\n");
    for word in [
        "column a, row id=2: the text contains the character NUL",
        "row id=3",
        "UTF-8",
        "column j, row id=4",
        "--unfit",
    ] {
        assert!(problems.contains(word), "no '{word}' in:\n{problems}");
    }
    let text = "SELECT string_agg(id || ':' || a::text || ':' || j::text, ' ' ORDER BY id) FROM t";
    for (unfit, wanted, counts) in [
        (OnUnfit::Escape, r#"1:fine:{} 2:a\u0000b:[] 3:\xc3(:1 4:x:{"n": "\\u0000"}"#, (3, 0)),
        (OnUnfit::Skip, "1:fine:{}", (0, 3)),
    ] {
        let to = target().await;
        let report = take_over(&file, &to, Some(unfit)).await.unwrap();
        assert_eq!(one(&to, text).await, wanted);
        assert_eq!((report.tables[0].changed, report.tables[0].skipped), counts);
    }
    let to = target().await;
    take_over(&file, &to, Some(OnUnfit::Bytea)).await.unwrap();
    let bytes = "SELECT string_agg(encode(a, 'hex') || ':' || encode(j, 'hex'), ' ' ORDER BY id) FROM t";
    assert_eq!(one(&to, bytes).await, "66696e65:7b7d 610062:5b5d c328:31 78:7b226e223a225c7530303030227d");
}

/// The folder of `data/README.md`: beside the project, or where `PUENTE_TEST_DATA` says.
#[tokio::test]
async fn chinook_is_taken_over_row_by_row() {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let file = std::env::var_os("PUENTE_TEST_DATA").map_or_else(beside, PathBuf::from).join("chinook.sqlite");
    if !file.exists() {
        eprintln!("skipped: chinook.sqlite is not there; set PUENTE_TEST_DATA");
        return;
    }
    let to = target().await;
    let report = take_over(&file, &to, None).await.unwrap();
    assert_eq!(report.notes, [] as [&str; 0]);
    compare(&file, &to, &report).await;
    let connection = Connection::open(&file).unwrap();
    let names =
        strings(&connection, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'", []);
    assert_eq!(report.tables.len(), names.unwrap().len());
    assert_eq!(report.tables.iter().find(|table| table.name == "Track").unwrap().rows, 3503);
    let references = "SELECT count(*)::text FROM pg_constraint WHERE contype = 'f'";
    let wanted: i64 = connection
        .query_row(
            "SELECT count(DISTINCT t.name || f.id) FROM sqlite_schema t, pragma_foreign_key_list(t.name) f",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(one(&to, references).await, wanted.to_string());
}

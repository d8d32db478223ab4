//! The Chinook database on SQLite and PostgreSQL: results of tools, compared with the same SQL run directly.

mod direct;
mod tools;

use std::path::PathBuf;

use puente_sources::Source;
use puente_test_support::postgres::Postgres;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

use self::tools::{CASES, Case, PAGES};
use crate::support::{call, connect};

/// The folder of `data/README.md`: beside the project, or where `PUENTE_TEST_DATA` says.
fn data(file: &str) -> Option<PathBuf> {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let folder = std::env::var_os("PUENTE_TEST_DATA").map_or_else(beside, PathBuf::from);
    let path = folder.join(file);
    if !path.exists() {
        eprintln!("skipped: {file} is not there; set PUENTE_TEST_DATA");
        return None;
    }
    Some(path)
}

/// All tools; `adapt` makes the SQL that of the database.
fn catalog(adapt: impl Fn(&str) -> String) -> Value {
    let tool = |case: &Case| {
        let parameters: Value = serde_json::from_str(case.parameters).unwrap();
        (case.name.to_owned(), json!({"sql": adapt(case.sql), "parameters": parameters, "max_rows": 5000}))
    };
    Value::Object(CASES.iter().map(tool).collect())
}

/// Calls every tool with each of its arguments and compares.
async fn compare(source: &dyn Source, adapt: impl Fn(&str) -> String, direct: impl AsyncFn(&str) -> Vec<Value>) {
    assert_eq!(source.offer().problems, [""; 0]);
    assert!(CASES.len() >= 10);
    for case in CASES {
        for arguments in case.arguments {
            let arguments: Value = serde_json::from_str(arguments).unwrap();
            let result = call(source, case.name, arguments.clone()).await.unwrap();
            let expected = direct(&direct::literal(&adapt(case.sql), case.parameters, &arguments)).await;
            let rows: Vec<_> = result["rows"].as_array().unwrap().iter().map(direct::normal).collect();
            assert_eq!(rows, expected, "{} {arguments}", case.name);
            assert_eq!(result["truncated"], json!(false));
        }
    }
}

/// Pages fit together: no row twice, none left out.
async fn compare_pages(source: &dyn Source) {
    let mut ids = Vec::new();
    loop {
        let page = call(source, PAGES, json!({"limit": 1000, "offset": ids.len()})).await.unwrap();
        let page = page["rows"].as_array().unwrap().clone();
        if page.is_empty() {
            break;
        }
        ids.extend(page.iter().map(|row| row["id"].as_i64().unwrap()));
    }
    assert_eq!(ids.len(), 3503);
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 3503);
}

#[tokio::test]
async fn sqlite_answers_as_it_does_directly() {
    let Some(path) = data("chinook.sqlite") else { return };
    // The same names, written `AlbumId` there; SQLite does not care about case.
    let adapt = |sql: &str| sql.replace('_', "");
    let source = connect(&json!({"url": format!("sqlite:{}", path.display())}), &catalog(adapt)).await;
    let connection = rusqlite::Connection::open_with_flags(&path, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    compare(&*source, adapt, async |sql: &str| direct::sqlite(&connection, sql)).await;
    compare_pages(&*source).await;
}

#[tokio::test]
async fn postgres_answers_as_it_does_directly() {
    let Some(path) = data("chinook-postgres.sql") else { return };
    let url = Postgres::shared().create_database().await.unwrap();
    let script = std::fs::read_to_string(path).unwrap();
    // Without the lines that make another database and connect to it.
    let (_, content) = script.split_once("\\c chinook;").unwrap();
    let mut connection = PgConnection::connect(&url).await.unwrap();
    connection.execute(AssertSqlSafe(content.to_owned())).await.unwrap();
    let adapt = |sql: &str| sql.to_owned();
    let source = connect(&json!({"url": url}), &catalog(adapt)).await;
    compare(&*source, adapt, async |sql: &str| direct::postgres(&url, sql).await).await;
    compare_pages(&*source).await;
}

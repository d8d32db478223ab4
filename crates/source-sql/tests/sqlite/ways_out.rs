//! One test for each way out of read-only: nothing changes, nothing more is seen.
//!
//! Here through the whole source; `engine::sqlite` tests the same against the database alone.

use serde_json::json;

use super::expenses;
use crate::support::{call, connect, findings};

#[tokio::test]
async fn explore_reads_only_what_it_may() {
    let database = expenses();
    let mut settings = database.settings();
    settings["explore"] = json!({"tables": ["companies"], "max_rows": 10});
    let source = connect(&settings, &json!({})).await;
    let tables = call(&*source, "list_tables", json!({})).await.unwrap();
    assert_eq!(tables["rows"], json!([{"table": "companies", "type": "table"}]));
    let columns = call(&*source, "describe_table", json!({"table": "companies"})).await.unwrap();
    assert_eq!(
        columns["rows"][0],
        json!({"column": "id", "type": "INTEGER", "nullable": "NO", "key": "primary", "references": null})
    );
    assert_eq!(call(&*source, "describe_table", json!({"table": "expenses"})).await.unwrap()["row_count"], json!(0));
    let rows = call(&*source, "query", json!({"sql": "SELECT count(*) AS n FROM companies"})).await.unwrap();
    assert_eq!(rows["rows"], json!([{"n": 2}]));
    let before = database.dump();
    for sql in [
        "SELECT * FROM expenses",
        "SELECT (SELECT amount FROM expenses LIMIT 1) AS x",
        "SELECT * FROM sqlite_schema",
        "SELECT * FROM pragma_table_info('expenses')",
        "SELECT count(*) AS n FROM expenses",
        "DELETE FROM companies",
        "WITH x AS (SELECT 1) DELETE FROM companies",
        "EXPLAIN DELETE FROM companies",
        "PRAGMA query_only = 0",
        "ATTACH ':memory:' AS x",
        "SELECT 1; DELETE FROM companies",
        "SELECT load_extension('x')",
        "VACUUM INTO 'copy.db'",
        "SELECT :tables",
    ] {
        assert!(call(&*source, "query", json!({"sql": sql})).await.is_err(), "{sql}");
    }
    assert!(call(&*source, "list_tables", json!({"tables": ["expenses"]})).await.is_err());
    assert_eq!(database.dump(), before);
}

#[tokio::test]
async fn a_tool_that_writes_without_saying_so_is_a_finding() {
    let database = expenses();
    let tools = json!({"sneaky": {"sql": "WITH x AS (SELECT 1) DELETE FROM expenses"}});
    let findings = findings(&database.settings(), &tools).await;
    assert!(findings.contains("tools[0].sql: not authorized (fatal: true)"), "{findings}");
}

//! One case for each way out of read-only through the whole source; `engine::postgres` tests the same against the
//! database alone.

use serde_json::json;

use super::expenses;
use crate::support::{call, connect, findings};

#[tokio::test]
async fn tools_and_queries_that_reach_further_change_nothing() {
    let database = expenses().await;
    let role = database.role();
    database.execute(&format!("GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}")).await;
    let settings = json!({"url": database.url(), "explore": {"url": database.role_url()}});
    let source = connect(&settings, &json!({})).await;
    let count = "SELECT string_agg(e::text, ',' ORDER BY id) FROM expenses e";
    let before = database.value(count).await;
    for sql in [
        "DELETE FROM expenses",
        "WITH gone AS (DELETE FROM expenses RETURNING id) SELECT * FROM gone",
        "SELECT 1; DELETE FROM expenses",
        "EXPLAIN ANALYZE DELETE FROM expenses",
        "COPY expenses TO PROGRAM 'cat > /tmp/puente-was-here'",
        "SET default_transaction_read_only = off",
        "SET TRANSACTION READ WRITE",
        "SELECT set_config('transaction_read_only', 'off', true)",
        "DO $$ BEGIN DELETE FROM expenses; END $$",
        "CREATE TABLE x (y int)",
        "SELECT 1 AS one INTO copied",
        "SELECT id FROM expenses FOR UPDATE",
        "SELECT lo_from_bytea(0, 'x')",
        "SELECT pg_read_file('/etc/passwd')",
        "SELECT * FROM dblink('', 'DELETE FROM expenses') AS t(x text)",
        "SELECT pg_terminate_backend(1)",
        "COMMIT",
    ] {
        assert!(call(&*source, "query", json!({"sql": sql})).await.is_err(), "{sql}");
    }
    assert_eq!(database.value(count).await, before);
}

#[tokio::test]
async fn a_row_that_is_too_large_never_leaves_the_database() {
    let database = expenses().await;
    let settings = json!({"url": database.url(), "explore": {"url": database.role_url()}});
    let source = connect(&settings, &json!({})).await;
    for (sql, says) in [
        ("SELECT repeat('x', 500000000) AS x", "a row is larger than"),
        ("SELECT 1 AS one UNION ALL SELECT length(y.*::text) FROM (SELECT repeat('x', 200000000)) y", ""),
        ("EXPLAIN SELECT * FROM pg_class WHERE relname = repeat('x', 100)", "EXPLAIN"),
    ] {
        let answer = call(&*source, "query", json!({"sql": sql})).await;
        match (says, answer) {
            ("", answer) => assert!(answer.is_ok(), "{sql}: {answer:?}"),
            (says, answer) => assert!(format!("{:?}", answer.unwrap_err()).contains(says), "{sql}"),
        }
    }
}

#[tokio::test]
async fn a_tool_that_writes_without_saying_so_is_a_finding_or_an_error() {
    let database = expenses().await;
    let role = database.role();
    database
        .execute(&format!(
            "CREATE FUNCTION sneak() RETURNS int LANGUAGE sql AS 'UPDATE expenses SET amount = 0; SELECT 1';
             GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}"
        ))
        .await;
    let tools = json!({"cte": {"sql": "WITH x AS (DELETE FROM expenses RETURNING id) SELECT id FROM x"}, "function": {"sql": "SELECT sneak() AS x"}});
    let source = connect(&database.settings(), &tools).await;
    for tool in ["cte", "function"] {
        assert!(call(&*source, tool, json!({})).await.is_err(), "{tool}");
    }
    assert_eq!(database.value("SELECT count(*)::text FROM expenses WHERE amount > 0").await, "3");
    let found = findings(&json!({"url": database.url()}), &json!({})).await;
    assert!(found.contains("url: the login is a superuser") && found.contains("fatal: false"), "{found}");
}

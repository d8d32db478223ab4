//! Ad-hoc queries under a login of their own.

use puente_sources::Source;
use serde_json::{Value, json};

use super::{Database, expenses};
use crate::support::{call, connect, findings, message};

/// A source whose ad-hoc queries run under the role, which may read companies only.
async fn explored() -> (Database, std::sync::Arc<dyn Source>) {
    let database = expenses().await;
    let role = database.role();
    database.execute(&format!("REVOKE ALL ON expenses FROM {role}; GRANT SELECT (id) ON expenses TO {role}")).await;
    let settings = json!({"url": database.url(), "explore": {"url": database.role_url(), "max_rows": 2}});
    let source = connect(&settings, &json!({})).await;
    (database, source)
}

async fn query(source: &dyn Source, sql: &str) -> Result<Value, puente_sources::SourceError> {
    call(source, "query", json!({"sql": sql})).await
}

#[tokio::test]
async fn the_logins_grants_are_the_boundary() {
    let (database, source) = explored().await;
    let tables = call(&*source, "list_tables", json!({})).await.unwrap();
    let names: Vec<_> = tables["rows"].as_array().unwrap().iter().map(|row| row["table"].clone()).collect();
    assert_eq!(names, ["companies", "expenses"]);
    let columns = call(&*source, "describe_table", json!({"table": "expenses"})).await.unwrap();
    assert_eq!(columns["row_count"], json!(1), "only the granted column: {columns}");
    let columns = call(&*source, "describe_table", json!({"table": "companies"})).await.unwrap();
    let expected = json!({"schema": "public", "column": "id", "type": "integer", "nullable": "NO", "key": "primary", "references": null, "comment": null});
    assert_eq!(columns["rows"][0], expected);
    let rows = query(&*source, "SELECT name FROM companies ORDER BY 1 DESC;").await.unwrap();
    assert_eq!(rows["rows"], json!([{"name": "Globex"}, {"name": "Acme"}]));
    assert_eq!(query(&*source, "SELECT generate_series(1, 10) AS i").await.unwrap()["truncated"], json!(true));
    let refused = message(query(&*source, "SELECT amount FROM expenses").await);
    assert!(refused.contains("permission denied"), "{refused}");
    drop(database);
}

#[tokio::test]
async fn a_query_leaves_nothing_behind() {
    let (_database, source) = explored().await;
    let pid = async || query(&*source, "SELECT pg_backend_pid() AS pid").await.unwrap()["rows"][0]["pid"].clone();
    assert_ne!(pid().await, pid().await, "each query has a connection of its own");
}

#[tokio::test]
async fn a_superuser_may_not_explore() {
    let database = expenses().await;
    let settings = json!({"url": database.role_url(), "explore": {"url": database.url()}});
    let found = findings(&settings, &json!({})).await;
    assert!(found.contains("explore.url: the login is a superuser") && found.contains("fatal: true"), "{found}");
    let source = connect(&settings, &json!({})).await;
    assert!(source.offer().tools.is_empty());
    assert!(source.offer().problems[0].contains("superuser"), "{:?}", source.offer().problems);
    let refused = message(query(&*source, "SELECT 1 AS one").await);
    assert!(refused.contains("superuser"), "{refused}");
    let settings = json!({"url": database.url(), "explore": {"url": database.url()}});
    assert!(findings(&settings, &json!({})).await.contains("explore needs a login of its own"));
}

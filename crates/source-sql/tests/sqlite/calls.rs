//! Calls: parameters, lists, limits, writing, stopping, and a database that is not there.

use std::{sync::Arc, time::Duration};

use puente_domain::Principal;
use puente_source_sql::SqlConnector;
use puente_sources::{Connector, Effect, SourceError};
use serde_json::{Map, json};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{Database, expenses};
use crate::support::{LONG, call, connect, definition, findings, message, ready, rows, run};

const ENDLESS: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) AS n FROM n";

#[tokio::test]
async fn optional_parameters_lists_and_defaults() {
    let database = expenses();
    let tools = json!({"search": {
        "sql": "SELECT id, category, amount, spent_on, approved FROM expenses
                WHERE (:category IS NULL OR category = :category) AND (:ids IS NULL OR id IN (:ids))
                  AND amount >= :least ORDER BY id LIMIT :limit",
        "parameters": {
            "category": {"type": "string", "required": false},
            "ids": {"type": "integer", "list": true, "required": false},
            "least": {"type": "decimal", "default": 0},
            "limit": {"type": "integer", "default": 50, "maximum": 500},
        }
    }});
    let source = connect(&database.settings(), &tools).await;
    let ids = async |arguments| {
        let result = call(&*source, "search", arguments).await.unwrap();
        rows(&result).iter().map(|row| row["id"].as_i64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(ids(json!({})).await, [1, 2, 3]);
    assert_eq!(ids(json!({"category": "travel"})).await, [1]);
    assert_eq!(ids(json!({"ids": [3, 1, 2, 1, 9]})).await, [1, 2, 3]);
    assert_eq!(ids(json!({"ids": []})).await, [0_i64; 0]);
    assert_eq!(ids(json!({"least": "99.99", "limit": 1})).await, [1]);
    assert_eq!(ids(json!({"category": "x' OR '1'='1"})).await, [0_i64; 0]);

    let first = call(&*source, "search", json!({"ids": [1]})).await.unwrap();
    let expected =
        json!([{"id": 1, "category": "travel", "amount": "120.5", "spent_on": "2026-01-10", "approved": false}]);
    assert_eq!(first["rows"], expected);
}

#[tokio::test]
async fn rows_and_bytes_are_limited() {
    let database = expenses();
    let mut settings = database.settings();
    settings["max_rows"] = json!(2);
    let big = "SELECT hex(zeroblob(1000000)) AS x";
    let tools = json!({
        "all": {"sql": "SELECT id FROM expenses ORDER BY id"},
        "exact": {"sql": "SELECT id FROM expenses ORDER BY id LIMIT 2"},
        "big": {"sql": big},
    });
    let source = connect(&settings, &tools).await;
    let all = call(&*source, "all", json!({})).await.unwrap();
    assert_eq!(all, json!({"rows": [{"id": 1}, {"id": 2}], "row_count": 2, "truncated": true}));
    assert_eq!(call(&*source, "exact", json!({})).await.unwrap()["truncated"], json!(false));
    assert!(matches!(call(&*source, "big", json!({})).await, Err(SourceError::TooLarge { limit_bytes: 1_048_576 })));
}

#[tokio::test]
async fn a_writing_tool_commits_and_counts() {
    let database = expenses();
    let tools = json!({
        "approve": {
            "sql": "UPDATE expenses SET approved = 1 WHERE id = :id RETURNING id, approved",
            "writes": true, "idempotent": true, "destructive": false,
            "parameters": {"id": {"type": "integer"}},
        },
        "add": {
            "sql": "INSERT INTO expenses (company_id, amount, spent_on) VALUES (:company, 1, '2026-01-01')",
            "writes": true, "parameters": {"company": {"type": "integer"}},
        },
    });
    let source = connect(&database.settings(), &tools).await;
    let effect = |name: &str| source.offer().tools.iter().find(|tool| tool.tool.name == *name).unwrap().effect;
    assert_eq!(effect("approve"), Effect::Write { destructive: false, idempotent: true });
    assert_eq!(effect("add"), Effect::Write { destructive: true, idempotent: false });
    let approved = call(&*source, "approve", json!({"id": 1})).await.unwrap();
    let expected =
        json!({"rows": [{"id": 1, "approved": true}], "row_count": 1, "truncated": false, "affected_rows": 1});
    assert_eq!(approved, expected);
    let nothing = call(&*source, "approve", json!({"id": 99})).await.unwrap();
    assert_eq!(nothing["affected_rows"], json!(0));
    let count: i64 = database.open().query_row("SELECT sum(approved) FROM expenses", [], |row| row.get(0)).unwrap();
    assert_eq!(count, 2);

    let before = database.dump();
    assert!(message(call(&*source, "add", json!({"company": 77})).await).contains("FOREIGN KEY"));
    assert_eq!(database.dump(), before);
    call(&*source, "add", json!({"company": 2})).await.unwrap();
    assert_ne!(database.dump(), before);
}

#[tokio::test]
async fn a_statement_that_runs_too_long_is_stopped() {
    let database = expenses();
    let mut settings = database.settings();
    settings["statement_timeout"] = json!("50ms");
    settings["pool"] = json!({"max": 1});
    let source = connect(&settings, &json!({"endless": {"sql": ENDLESS}, "one": {"sql": "SELECT 1 AS one"}})).await;
    assert!(matches!(call(&*source, "endless", json!({})).await, Err(SourceError::TimedOut { .. })));
    // The only connection is free again.
    assert_eq!(call(&*source, "one", json!({})).await.unwrap()["rows"], json!([{"one": 1}]));
}

#[tokio::test]
async fn a_cancelled_statement_is_stopped_and_so_is_one_that_nobody_waits_for() {
    let database = expenses();
    let mut settings = database.settings();
    settings["pool"] = json!({"max": 1});
    let source = connect(&settings, &json!({"endless": {"sql": ENDLESS}, "one": {"sql": "SELECT 1 AS one"}})).await;
    let cancel = CancellationToken::new();
    let running = tokio::spawn({
        let (source, cancel) = (Arc::clone(&source), cancel.clone());
        async move { run(&*source, &Principal::anonymous(), "endless", &Map::new(), &cancel, Instant::now() + LONG).await }
    });
    tokio::task::yield_now().await;
    cancel.cancel();
    assert!(matches!(running.await.unwrap(), Err(SourceError::Cancelled)));
    assert!(call(&*source, "one", json!({})).await.is_ok());

    let abandoned = call(&*source, "endless", json!({}));
    assert!(tokio::time::timeout(Duration::from_millis(20), abandoned).await.is_err());
    assert!(call(&*source, "one", json!({})).await.is_ok());
}

#[tokio::test]
async fn a_database_that_is_not_there_comes_back() {
    let database = expenses();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("later.db");
    let settings = json!({"url": format!("sqlite:{}", path.display())});
    let tools = json!({"all": {"sql": "SELECT id FROM expenses"}});
    let source = SqlConnector.connect(definition(&settings, &tools)).unwrap();
    assert_eq!(source.offer().tools.len(), 1, "offered also while the database is down");
    assert!(source.offer().tools[0].tool.output_schema.is_none());
    let down = call(&*source, "all", json!({})).await.unwrap_err();
    assert!(matches!(&down, SourceError::Unavailable { name, .. } if name == "erp"));
    assert!(!down.to_string().contains("later.db"), "{down}");
    assert!(findings(&settings, &tools).await.contains("does not exist (fatal: false)"));

    database.open().execute("VACUUM INTO ?1", [path.to_str().unwrap()]).unwrap();
    ready(&*source).await;
    assert!(source.offer().tools[0].tool.output_schema.is_some());
    assert_eq!(rows(&call(&*source, "all", json!({})).await.unwrap()).len(), 3);
    source.close().await;
    assert!(call(&*source, "all", json!({})).await.is_err());
}

#[tokio::test]
async fn sql_that_does_not_prepare_is_a_finding_with_the_databases_words() {
    let database = expenses();
    let tools = json!({
        "good": {"sql": "SELECT id FROM expenses"},
        "misspelt": {"sql": "SELECT idd FROM expenses"},
        "twice": {"sql": "SELECT id, id FROM expenses"},
    });
    let findings = findings(&database.settings(), &tools).await;
    assert!(findings.contains("tools[1].sql: no such column: idd"), "{findings}");
    assert!(findings.contains("tools[2].sql: two columns are named 'id'"), "{findings}");
    assert!(!findings.contains("tools[0]"), "{findings}");
    let source = connect(&database.settings(), &tools).await;
    assert_eq!(source.offer().tools.len(), 1);
    assert_eq!(source.offer().problems.len(), 2);
}

#[tokio::test]
async fn what_is_wrong_in_a_catalog_is_said_with_its_place() {
    let settings = json!({"url": "${env:SOURCE_ERP_URL}", "identity": {"settings": {"nodot": "principal.name"}}});
    let tools = json!({
        "a": {"sql": "SELECT :x"},
        "b": {"sql": "SELECT 1", "parameters": {"p": {"type": "text"}}},
        "c": {"sql": "SELECT 1", "colour": "red"},
        "d": {"sql": "DELETE FROM t"},
        "e": {"sql": "SELECT :p", "parameters": {"p": {"type": "integer", "default": "one"}}},
    });
    let findings = SqlConnector.check(&definition(&settings, &tools));
    let places: Vec<_> = findings.iter().map(|finding| finding.location.0.as_str()).collect();
    assert_eq!(
        places,
        [
            "identity.settings.nodot",
            "tools[0].sql",
            "tools[1].parameters.p.type",
            "tools[2].colour",
            "tools[3].sql",
            "tools[4].parameters.p"
        ]
    );
    assert!(findings[3].message.contains("unknown field `colour`"), "{}", findings[3].message);
    assert!(findings.iter().all(|finding| finding.fatal));
}

#[tokio::test]
async fn only_an_operator_may_name_a_file() {
    let database: Database = expenses();
    let mut definition = definition(&database.settings(), &json!({}));
    assert!(SqlConnector.check(&definition).is_empty());
    definition.origin = puente_domain::catalog::Origin::Editor;
    assert!(SqlConnector.check(&definition)[0].message.contains("operator"));
    assert!(SqlConnector.connect(definition).is_err());
}

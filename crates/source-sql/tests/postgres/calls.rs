//! Calls: parameters, lists, limits, writing.

use puente_source_sql::SqlConnector;
use puente_sources::{Connector, SourceError};
use serde_json::json;

use super::expenses;
use crate::support::{call, connect, definition, findings, message, rows};

#[tokio::test]
async fn optional_parameters_lists_and_defaults() {
    let database = expenses().await;
    let tools = json!({"search": {
        "sql": "SELECT id, category, amount, spent_on, approved FROM expenses
                WHERE (:category IS NULL OR category = :category) AND (:ids IS NULL OR id IN (:ids))
                  AND amount >= :least AND spent_on >= :since AND at <= :until AND id <> ALL (coalesce(:not, '{}'))
                ORDER BY id LIMIT :limit -- the end",
        "parameters": {
            "category": {"type": "string", "required": false},
            "ids": {"type": "integer", "list": true, "required": false},
            "not": {"type": "integer", "list": true, "required": false},
            "least": {"type": "decimal", "default": "0"},
            "since": {"type": "date", "default": "2026-01-01"},
            "until": {"type": "datetime", "default": "2027-01-01T00:00:00Z"},
            "limit": {"type": "integer", "default": 50, "maximum": 500},
        }
    }});
    let source = connect(&database.settings(), &tools).await;
    let ids = async |arguments| {
        let result = call(&*source, "search", arguments).await.unwrap();
        rows(&result).iter().map(|row| row["id"].as_i64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(source.offer().problems, [""; 0]);
    assert_eq!(ids(json!({})).await, [1, 2, 3]);
    assert_eq!(ids(json!({"category": "travel"})).await, [1]);
    assert_eq!(ids(json!({"ids": [3, 1, 2, 1, 9]})).await, [1, 2, 3]);
    assert_eq!(ids(json!({"ids": []})).await, [0_i64; 0]);
    assert_eq!(ids(json!({"not": [1, 3]})).await, [2]);
    assert_eq!(ids(json!({"least": "99.99", "limit": 1})).await, [1]);
    assert_eq!(ids(json!({"since": "2026-02-01"})).await, [3]);
    assert_eq!(ids(json!({"until": "2026-01-01T13:00:00+02:00"})).await, [0_i64; 0]);
    assert_eq!(ids(json!({"category": "x' OR '1'='1"})).await, [0_i64; 0]);

    let first = call(&*source, "search", json!({"ids": [1]})).await.unwrap();
    let expected =
        json!([{"id": 1, "category": "travel", "amount": "120.50", "spent_on": "2026-01-10", "approved": false}]);
    assert_eq!(first["rows"], expected);
    let offer = source.offer();
    let properties = &offer.tools[0].tool.output_schema.as_ref().unwrap()["properties"]["rows"]["items"]["properties"];
    assert_eq!(properties["id"]["type"], json!("integer"), "NOT NULL in a table is proof");
    assert_eq!(properties["category"]["type"], json!(["string", "null"]));
}

#[tokio::test]
async fn an_outer_join_makes_columns_nullable() {
    let database = expenses().await;
    let tools =
        json!({"all": {"sql": "SELECT c.id, e.amount FROM companies c LEFT JOIN expenses e ON e.company_id = 9"}});
    let source = connect(&database.settings(), &tools).await;
    let result = call(&*source, "all", json!({})).await.unwrap();
    assert_eq!(result["rows"][0]["amount"], json!(null));
}

#[tokio::test]
async fn rows_are_limited_inside_the_database() {
    let database = expenses().await;
    let mut settings = database.settings();
    settings["max_rows"] = json!(2);
    let tools = json!({
        // Without a limit inside the database this takes hours.
        "many": {"sql": "SELECT generate_series(1, 100000000000) AS i"},
        "exact": {"sql": "SELECT id FROM expenses ORDER BY id LIMIT 2"},
        "big": {"sql": "SELECT repeat('x', 2000000) AS x"},
        "show": {"sql": "SHOW server_version"},
    });
    let source = connect(&settings, &tools).await;
    let many = call(&*source, "many", json!({})).await.unwrap();
    assert_eq!(many, json!({"rows": [{"i": 1}, {"i": 2}], "row_count": 2, "truncated": true}));
    assert_eq!(call(&*source, "exact", json!({})).await.unwrap()["truncated"], json!(false));
    assert!(matches!(call(&*source, "big", json!({})).await, Err(SourceError::TooLarge { limit_bytes: 1_048_576 })));
    assert_eq!(call(&*source, "show", json!({})).await.unwrap()["row_count"], json!(1));
}

#[tokio::test]
async fn a_writing_tool_commits_and_counts() {
    let database = expenses().await;
    let tools = json!({
        "approve": {
            "sql": "UPDATE expenses SET approved = true WHERE id IN (:ids) RETURNING id", "writes": true,
            "parameters": {"ids": {"type": "integer", "list": true}}, "max_rows": 1,
        },
        "add": {
            "sql": "INSERT INTO expenses VALUES (:id, :company, NULL, 1, '2026-01-01')", "writes": true,
            "parameters": {"id": {"type": "integer"}, "company": {"type": "integer"}},
        },
    });
    let source = connect(&database.settings(), &tools).await;
    let approved = call(&*source, "approve", json!({"ids": [1, 3]})).await.unwrap();
    assert_eq!(approved, json!({"rows": [{"id": 1}], "row_count": 1, "truncated": true, "affected_rows": 2}));
    assert_eq!(database.value("SELECT count(*)::text FROM expenses WHERE approved").await, "3");
    let added = call(&*source, "add", json!({"id": 4, "company": 2})).await.unwrap();
    assert_eq!(added, json!({"rows": [], "row_count": 0, "truncated": false, "affected_rows": 1}));
    let refused = message(call(&*source, "add", json!({"id": 5, "company": 77})).await);
    assert!(refused.contains("violates foreign key"), "{refused}");
    assert_eq!(database.value("SELECT count(*)::text FROM expenses").await, "4");
}

#[tokio::test]
async fn a_schema_that_changes_is_followed() {
    let database = expenses().await;
    let source = connect(&database.settings(), &json!({"all": {"sql": "SELECT * FROM companies ORDER BY id"}})).await;
    assert_eq!(call(&*source, "all", json!({})).await.unwrap()["rows"][0], json!({"id": 1, "name": "Acme"}));
    database.execute("ALTER TABLE expenses DROP CONSTRAINT expenses_company_id_fkey; ALTER TABLE companies ALTER id TYPE text, ADD home inet DEFAULT '10.0.0.1'").await;
    let changed = crate::support::unchecked(&*source, "all").await.unwrap();
    assert_eq!(changed["rows"][0], json!({"id": "1", "name": "Acme", "home": "10.0.0.1"}));
}

#[tokio::test]
async fn sql_that_does_not_prepare_is_a_finding_with_the_databases_words() {
    let database = expenses().await;
    let tools = json!({
        "good": {"sql": "SELECT id FROM expenses"},
        "misspelt": {"sql": "SELECT idd FROM expenses"},
        "twice": {"sql": "SELECT e.id, c.id FROM expenses e JOIN companies c ON true"},
        "types": {"sql": "SELECT id FROM expenses WHERE id = :id", "parameters": {"id": {"type": "date"}}},
    });
    let findings = findings(&database.settings(), &tools).await;
    assert!(findings.contains("tools[1].sql: column \"idd\" does not exist"), "{findings}");
    assert!(findings.contains("tools[2].sql: two columns are named 'id'"), "{findings}");
    assert!(findings.contains("tools[3].sql: operator does not exist: integer = date"), "{findings}");
    assert!(!findings.contains("tools[0]"), "{findings}");
    let source = connect(&database.settings(), &tools).await;
    assert_eq!(source.offer().tools.len(), 1);
}

#[tokio::test]
async fn what_cannot_be_reached_says_so_without_secrets() {
    let settings = json!({"url": "postgresql://someone:hunter2@127.0.0.1:1/nowhere"});
    let tools = json!({"one": {"sql": "SELECT 1 AS one"}});
    let source = SqlConnector.connect(definition(&settings, &tools)).unwrap();
    let error = call(&*source, "one", json!({})).await.unwrap_err();
    assert!(matches!(error, SourceError::Unavailable { .. }), "{error:?}");
    for secret in ["hunter2", "someone", "127.0.0.1", "nowhere"] {
        assert!(!error.to_string().contains(secret), "{error}");
    }
    let findings = findings(&settings, &tools).await;
    assert!(findings.contains("url: the database does not answer (fatal: false)"), "{findings}");
}

#[tokio::test]
async fn an_editor_reaches_neither_this_machine_nor_its_files() {
    let refused = |url: &str| {
        let mut definition = definition(&json!({"url": url}), &json!({}));
        definition.origin = puente_domain::catalog::Origin::Editor;
        let mut egress = puente_sources::Egress::default();
        egress.own.push(("db.example.com".to_owned(), 5432));
        definition.egress = std::sync::Arc::new(egress);
        SqlConnector.check(&definition).iter().map(|finding| finding.message.clone()).collect::<String>()
    };
    assert!(refused("postgresql://u:p@db.example.com/x").contains("Puente's own"));
    assert!(refused("postgresql:///x?host=/var/run/postgresql").contains("host"));
    assert!(refused("postgresql://u@%2Fvar%2Frun/x").contains("sockets"));
    assert!(refused("postgresql://u:p@erp.example.com/x?sslrootcert=/etc/passwd").contains("sslrootcert"));
    assert_eq!(refused("postgresql://u:p@erp.example.com/x?sslmode=require"), "");

    let database = expenses().await;
    let mut definition = definition(&database.settings(), &json!({"one": {"sql": "SELECT 1 AS one"}}));
    definition.origin = puente_domain::catalog::Origin::Editor;
    let source = SqlConnector.connect(definition).unwrap();
    let error = call(&*source, "one", json!({})).await.unwrap_err();
    assert!(error.to_string().contains("EGRESS_ALLOW"), "{error}");
}

//! Calls: parameters, lists, limits, writing, and what a login may not do.

use puente_sources::SourceError;
use serde_json::json;

use super::expenses;
use crate::support::{call, connect, findings, message, rows};

#[tokio::test]
async fn optional_parameters_lists_and_defaults() {
    let database = expenses().await;
    let tools = json!({"search": {
        "sql": "SELECT id, category, amount, spent_on, approved FROM expenses
                WHERE (:category IS NULL OR category = :category) AND (:ids IS NULL OR id IN (:ids))
                  AND amount >= :least AND spent_on >= :since AND at <= :until
                ORDER BY id LIMIT :limit OFFSET :offset -- the end",
        "parameters": {
            "category": {"type": "string", "required": false},
            "ids": {"type": "integer", "list": true, "required": false},
            "least": {"type": "decimal", "default": "0"},
            "since": {"type": "date", "default": "2026-01-01"},
            "until": {"type": "datetime", "default": "2027-01-01T00:00:00Z"},
            "limit": {"type": "integer", "default": 50, "maximum": 500},
            "offset": {"type": "integer", "default": 0},
        }
    }});
    let source = connect(&database.settings(), &tools).await;
    assert_eq!(source.offer().problems, [""; 0]);
    let ids = async |arguments| {
        let result = call(&*source, "search", arguments).await.unwrap();
        rows(&result).iter().map(|row| row["id"].as_i64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(ids(json!({})).await, [1, 2, 3]);
    assert_eq!(ids(json!({"category": "travel"})).await, [1]);
    assert_eq!(ids(json!({"ids": [3, 1, 2, 1, 9]})).await, [1, 2, 3]);
    assert_eq!(ids(json!({"ids": []})).await, [0_i64; 0]);
    assert_eq!(ids(json!({"least": "99.99", "limit": 1, "offset": 1})).await, [3]);
    assert_eq!(ids(json!({"since": "2026-02-01"})).await, [3]);
    assert_eq!(ids(json!({"until": "2026-01-01T13:00:00+02:00"})).await, [0_i64; 0]);
    assert_eq!(ids(json!({"category": "x' OR '1'='1"})).await, [0_i64; 0]);
    let first = call(&*source, "search", json!({"ids": [1]})).await.unwrap();
    let expected =
        json!([{"id": 1, "category": "travel", "amount": "120.50", "spent_on": "2026-01-10", "approved": false}]);
    assert_eq!(first["rows"], expected);
}

#[tokio::test]
async fn rows_are_limited_inside_the_database() {
    let database = expenses().await;
    let mut settings = database.settings();
    settings["max_rows"] = json!(2);
    let tools = json!({
        // Without a limit inside the database this takes years.
        "many": {"sql": "SELECT seq AS i FROM seq_1_to_9000000000000000000"},
        "exact": {"sql": "SELECT id FROM expenses ORDER BY id LIMIT 2"},
        "big": {"sql": "SELECT repeat('x', 2000000) AS x"},
    });
    let source = connect(&settings, &tools).await;
    let many = call(&*source, "many", json!({})).await.unwrap();
    assert_eq!(many, json!({"rows": [{"i": 1}, {"i": 2}], "row_count": 2, "truncated": true}));
    assert_eq!(call(&*source, "exact", json!({})).await.unwrap()["truncated"], json!(false));
    assert!(matches!(call(&*source, "big", json!({})).await, Err(SourceError::TooLarge { limit_bytes: 1_048_576 })));
}

#[tokio::test]
async fn a_writing_tool_commits_and_counts() {
    let database = expenses().await;
    let tools = json!({
        "approve": {"sql": "UPDATE expenses SET approved = true WHERE id IN (:ids)", "writes": true,
                    "parameters": {"ids": {"type": "integer", "list": true}}},
        "add": {"sql": "INSERT INTO expenses (id, company_id, amount, spent_on) VALUES (:id, :company, 1, '2026-01-01') RETURNING id",
                "writes": true, "parameters": {"id": {"type": "integer"}, "company": {"type": "integer"}}},
    });
    let source = connect(&database.settings(), &tools).await;
    assert_eq!(source.offer().problems, [""; 0]);
    let approved = call(&*source, "approve", json!({"ids": [1, 3]})).await.unwrap();
    assert_eq!(approved, json!({"rows": [], "row_count": 0, "truncated": false, "affected_rows": 2}));
    let added = call(&*source, "add", json!({"id": 4, "company": 2})).await.unwrap();
    assert_eq!(added, json!({"rows": [{"id": 4}], "row_count": 1, "truncated": false, "affected_rows": 1}));
    assert_eq!(database.value("SELECT count(*) FROM expenses WHERE approved OR id = 4").await, "4");
    let refused = message(call(&*source, "add", json!({"id": 5, "company": 77})).await);
    assert!(refused.contains("foreign key constraint fails"), "{refused}");
    assert_eq!(database.value("SELECT count(*) FROM expenses").await, "4");
}

#[tokio::test]
async fn sql_that_does_not_prepare_is_a_finding_with_the_databases_words() {
    let database = expenses().await;
    let tools = json!({
        "good": {"sql": "SELECT id FROM expenses"},
        "misspelt": {"sql": "SELECT idd FROM expenses"},
        "twice": {"sql": "SELECT id, id FROM expenses"},
        "outfile": {"sql": "SELECT id FROM expenses INTO OUTFILE '/tmp/x'"},
    });
    let found = findings(&database.settings(), &json!({"misspelt": tools["misspelt"], "twice": tools["twice"]})).await;
    assert!(found.contains("tools[0].sql: Unknown column 'idd'"), "{found}");
    assert!(found.contains("tools[1].sql: two columns are named 'id'"), "{found}");
    let found = findings(&database.settings(), &tools).await;
    assert!(found.contains("tools[3].sql: INTO is not allowed"), "{found}");
}

#[tokio::test]
async fn a_wrong_password_tells_nothing() {
    let database = expenses().await;
    let settings = json!({"url": database.url().replace("secret", "wrong")});
    let found = findings(&settings, &json!({})).await;
    assert_eq!(found, "url: the database refused the login (fatal: false)\n");
}

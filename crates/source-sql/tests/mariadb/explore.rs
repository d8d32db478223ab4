//! Ad-hoc queries under a login of their own.

use serde_json::json;

use super::{Database, expenses};
use crate::support::{call, connect, findings, message};

#[tokio::test]
async fn the_logins_grants_are_the_boundary_and_nothing_changes() {
    let database = Database::new(
        "CREATE TABLE companies (id int PRIMARY KEY, name varchar(50) NOT NULL COMMENT 'as registered');
         CREATE TABLE hidden (id int); INSERT INTO companies VALUES (1, 'Acme'), (2, 'Globex')",
    )
    .await;
    database.grant("SELECT, INSERT, UPDATE, DELETE, CREATE, DROP", "companies").await;
    let settings = json!({"url": database.root_url(), "explore": {"url": database.url()}});
    let source = connect(&settings, &json!({})).await;
    assert_eq!(source.offer().problems, [""; 0]);
    let tables = call(&*source, "list_tables", json!({})).await.unwrap();
    assert_eq!(tables["rows"][0]["table"], json!("companies"));
    assert_eq!(tables["row_count"], json!(1));
    let columns = call(&*source, "describe_table", json!({"table": "companies"})).await.unwrap();
    assert_eq!(columns["rows"][0]["key"], json!("primary"));
    assert_eq!(columns["rows"][1]["comment"], json!("as registered"));
    let rows = call(&*source, "query", json!({"sql": "SELECT name FROM companies ORDER BY 1;"})).await.unwrap();
    assert_eq!(rows["rows"], json!([{"name": "Acme"}, {"name": "Globex"}]));
    let before = database.value("SELECT group_concat(id, name) FROM companies").await;
    for sql in [
        "SELECT * FROM hidden",
        "DELETE FROM companies",
        "WITH x AS (SELECT 1) DELETE FROM companies",
        "SELECT 1; DELETE FROM companies",
        "/*! DELETE FROM companies */",
        "SELECT /*!50000 1 INTO OUTFILE '/tmp/puente-x' */",
        "SELECT 1 INTO @x",
        "SELECT 1 INTO OUTFILE '/tmp/puente-x'",
        "SELECT load_file('/etc/passwd') AS x",
        "SELECT get_lock('x', 1) AS x",
        "SET autocommit = 1",
        "SET TRANSACTION READ WRITE",
        "COMMIT",
        "TRUNCATE companies",
        "CREATE TABLE companies2 (id int)",
        "LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE companies",
        "HANDLER companies OPEN",
        "EXPLAIN DELETE FROM companies WHERE sleep(1) INTO OUTFILE '/tmp/x'",
    ] {
        assert!(call(&*source, "query", json!({"sql": sql})).await.is_err(), "{sql}");
    }
    assert_eq!(database.value("SELECT group_concat(id, name) FROM companies").await, before);
}

#[tokio::test]
async fn a_superuser_may_not_explore() {
    let database = expenses().await;
    let settings = json!({"url": database.url(), "explore": {"url": database.root_url()}});
    let found = findings(&settings, &json!({})).await;
    assert!(found.contains("explore.url: the login holds ALL PRIVILEGES") && found.contains("fatal: true"), "{found}");
    let source = connect(&settings, &json!({})).await;
    assert!(source.offer().tools.is_empty());
    assert!(message(call(&*source, "query", json!({"sql": "SELECT 1"})).await).contains("ALL PRIVILEGES"));
}

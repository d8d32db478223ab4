//! Drafts: what `draft` proposes is a catalog whose every tool the database accepts, and shows nothing sensitive.

use puente_source_sql::SqlConnector;
use puente_sources::Connector;
use serde_json::{Map, Value, json};

use crate::{
    mariadb, postgres, sqlite,
    support::{call, connect, definition, findings},
};

const TABLES: &str = "CREATE TABLE companies (id INT PRIMARY KEY, name VARCHAR(50) NOT NULL, iban VARCHAR(34));
    CREATE TABLE \"Odd \"\"names\"\": #1\" (\"the key\" INT, \"part: 2\" VARCHAR(5), \"Password\" TEXT, PRIMARY KEY (\"the key\", \"part: 2\"));
    CREATE TABLE employees (
        id INT PRIMARY KEY, company_id INT NOT NULL REFERENCES companies (id), name VARCHAR(50) NOT NULL,
        password_hash TEXT, api_key VARCHAR(20), salary NUMERIC(10,2), hired_on DATE NOT NULL, seen_at TIMESTAMP NULL, active BOOLEAN);
    INSERT INTO companies (id, name) VALUES (1, 'Acme');
    INSERT INTO employees (id, company_id, name, hired_on) VALUES (1, 1, 'Ana', '2024-01-01'), (2, 1, 'Bo', '2025-01-01')";

/// Checks the draft of a source and returns its text.
async fn drafted(settings: &Value) -> String {
    let text = SqlConnector.draft(&definition(settings, &json!({}))).await.unwrap();
    let draft: Value = serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let source = &draft["sources"][0];
    assert_eq!(source["name"], json!("erp"));
    assert_eq!(source["url"], json!("${env:SOURCE_ERP_URL}"));
    let mut tools = Map::new();
    for tool in source["tools"].as_array().unwrap() {
        let mut settings = tool.as_object().unwrap().clone();
        let name = settings.remove("name").unwrap();
        assert!(tools.insert(name.as_str().unwrap().to_owned(), Value::Object(settings)).is_none(), "{name} twice");
    }
    let tools = Value::Object(tools);
    let found = findings(settings, &tools).await;
    assert!(!found.contains("fatal: true"), "{found}\n{text}");
    let source = connect(settings, &tools).await;
    let listed =
        call(&*source, "list_employees", json!({"company_id": 1, "name": "a", "hired_on_until": "2024-06-01"})).await;
    let listed = listed.unwrap();
    assert_eq!(listed["row_count"], json!(1), "{listed}");
    assert_eq!(listed["rows"][0]["name"], json!("Ana"));
    for column in ["password_hash", "api_key", "salary"] {
        assert!(listed["rows"][0].get(column).is_none(), "{column}");
    }
    let one = call(&*source, "get_employees", json!({"id": 2})).await.unwrap();
    assert_eq!(one["rows"][0]["name"], json!("Bo"));
    assert!(text.contains("employees: password_hash, api_key, salary"), "{text}");
    text
}

#[tokio::test]
async fn of_sqlite() {
    let database = sqlite::Database::new(TABLES);
    drafted(&database.settings()).await;
}

#[tokio::test]
async fn of_postgres() {
    let database = postgres::Database::new(TABLES).await;
    let text = drafted(&json!({"url": database.url()})).await;
    // The SQL in the comment makes a login that may read just that.
    let comments = text.lines().filter_map(|line| line.strip_prefix("#   "));
    let role = format!("\"{}\"", database.role());
    let sql: Vec<_> =
        comments.map(|line| line.replace("\"erp_reader\"", &role)).filter(|line| line.starts_with("GRANT")).collect();
    database.execute(&sql.join("\n")).await;
    let reader = connect(
        &database.settings(),
        &json!({
            "names": {"sql": "SELECT name FROM employees"}, "salaries": {"sql": "SELECT salary FROM employees"},
        }),
    )
    .await;
    assert_eq!(call(&*reader, "names", json!({})).await.unwrap()["row_count"], json!(2));
    assert!(call(&*reader, "salaries", json!({})).await.unwrap_err().to_string().contains("permission denied"));
}

#[tokio::test]
async fn of_mariadb() {
    let database = mariadb::Database::new(&format!("SET sql_mode = 'ANSI_QUOTES'; {TABLES}")).await;
    let text = drafted(&json!({"url": database.root_url()})).await;
    assert!(text.contains("GRANT SELECT (`id`, `name`) ON"), "{text}");
}

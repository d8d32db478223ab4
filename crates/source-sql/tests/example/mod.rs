//! The sample catalog, `examples/expenses/catalog.yaml`: every tool works on its tables, on SQLite and PostgreSQL.

use serde_json::{Map, Value, json};

use crate::{
    postgres, sqlite,
    support::{call, connect},
};

const TABLES: &str = "CREATE TABLE companies (id INTEGER PRIMARY KEY, name TEXT NOT NULL, country TEXT NOT NULL, currency TEXT NOT NULL);
    CREATE TABLE employees (id INTEGER PRIMARY KEY, company_id INTEGER NOT NULL, name TEXT NOT NULL, email TEXT NOT NULL,
        department TEXT NOT NULL, hired_on DATE NOT NULL, salary DECIMAL(12,2) NOT NULL);
    CREATE TABLE expenses (id INTEGER PRIMARY KEY, company_id INTEGER NOT NULL, employee_id INTEGER NOT NULL,
        category TEXT NOT NULL, description TEXT NOT NULL, amount DECIMAL(12,2) NOT NULL, currency TEXT NOT NULL,
        spent_on DATE NOT NULL, status TEXT NOT NULL);
    CREATE TABLE invoices (id INTEGER PRIMARY KEY, company_id INTEGER NOT NULL, customer TEXT NOT NULL, number TEXT NOT NULL,
        issued_on DATE NOT NULL, due_on DATE NOT NULL, amount DECIMAL(12,2) NOT NULL, currency TEXT NOT NULL, status TEXT NOT NULL);
    CREATE TABLE bank_movements (id INTEGER PRIMARY KEY, company_id INTEGER NOT NULL, booked_on DATE NOT NULL,
        description TEXT NOT NULL, amount DECIMAL(12,2) NOT NULL, balance DECIMAL(14,2) NOT NULL);
    INSERT INTO companies VALUES (1, 'Acme', 'ES', 'EUR');
    INSERT INTO employees VALUES (1, 1, 'Ana Ruiz', 'ana@acme.example', 'Sales', '2020-01-01', 40000);
    INSERT INTO expenses VALUES (1, 1, 1, 'travel', 'Train', 50.25, 'EUR', '2026-01-10', 'submitted'),
        (2, 1, 1, 'meals', 'Lunch', 20, 'EUR', '2026-01-11', 'approved');
    INSERT INTO invoices VALUES (1, 1, 'Globex', 'A-1', '2026-01-01', '2026-01-31', 100, 'EUR', 'open');
    INSERT INTO bank_movements VALUES (1, 1, '2026-01-02', 'Rent', -500, 1500)";

/// A call of each tool, and how many rows come back.
fn calls() -> Vec<(&'static str, Value, u64)> {
    let period = json!({"company_id": 1, "since": "2026-01-01", "until": "2026-12-31"});
    vec![
        ("list_companies", json!({}), 1),
        ("search_employees", json!({"company_id": 1, "text": "ruiz", "department": "Sales"}), 1),
        ("search_expenses", json!({"company_id": 1}), 2),
        (
            "search_expenses",
            json!({"company_id": 1, "categories": ["travel"], "status": "submitted", "at_least": "50.25"}),
            1,
        ),
        ("search_expenses", json!({"company_id": 1, "since": "2026-01-11", "until": "2026-01-11"}), 1),
        ("get_expense", json!({"id": 1}), 1),
        ("expenses_by_category", period.clone(), 2),
        ("top_spenders", period.clone(), 1),
        (
            "search_invoices",
            json!({"company_id": 1, "text": "glob", "status": "open", "issued_since": "2026-01-01"}),
            1,
        ),
        ("overdue_invoices", json!({"before": "2026-03-01", "company_ids": [1, 2]}), 1),
        ("overdue_invoices", json!({"before": "2026-01-31"}), 0),
        ("invoice_totals", json!({"company_id": 1}), 1),
        ("bank_movements", period, 1),
        ("account_balances", json!({}), 1),
        ("approve_expense", json!({"id": 1}), 1),
        ("approve_expense", json!({"id": 1}), 0),
    ]
}

/// The catalog's tools, without the settings that the gateway takes away.
fn tools() -> Value {
    let text =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/expenses/catalog.yaml")).unwrap();
    let catalog: Value = serde_saphyr::from_str(&text).unwrap();
    let mut tools = Map::new();
    for tool in catalog["sources"][0]["tools"].as_array().unwrap() {
        let mut settings = tool.as_object().unwrap().clone();
        for common in ["title", "cache", "audit_arguments"] {
            settings.remove(common);
        }
        let name = settings.remove("name").unwrap();
        tools.insert(name.as_str().unwrap().to_owned(), Value::Object(settings));
    }
    Value::Object(tools)
}

async fn every_tool_works(settings: &Value) {
    let tools = tools();
    let source = connect(settings, &tools).await;
    assert_eq!(source.offer().problems, [""; 0]);
    for name in tools.as_object().unwrap().keys() {
        assert!(calls().iter().any(|(called, ..)| called == name), "{name} is not called");
    }
    for (tool, arguments, rows) in calls() {
        let result = call(&*source, tool, arguments).await.unwrap();
        assert_eq!(result["row_count"], json!(rows), "{tool} {result}");
    }
}

#[tokio::test]
async fn on_sqlite() {
    every_tool_works(&sqlite::Database::new(TABLES).settings()).await;
}

#[tokio::test]
async fn on_postgres() {
    let database = postgres::Database::new(TABLES).await;
    every_tool_works(&json!({"url": database.url()})).await;
}

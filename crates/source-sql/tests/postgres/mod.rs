//! PostgreSQL.

mod calls;
mod explore;
mod identity;
mod stopping;
mod types;
mod ways_out;

use puente_test_support::postgres::Postgres;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

/// A database of a test's own, with a role that is granted little.
pub(crate) struct Database {
    url: String,
    role: String,
}

impl Database {
    /// A new database with this content.
    pub(crate) async fn new(sql: &str) -> Self {
        let url = Postgres::shared().create_database().await.unwrap();
        let role = format!("role_{}", url.rsplit('/').next().unwrap());
        let database = Self { url, role };
        database.execute(&format!("CREATE ROLE {} LOGIN", database.role)).await;
        database.execute(sql).await;
        database
    }

    /// Runs statements as the superuser.
    pub(crate) async fn execute(&self, sql: &str) {
        self.open().await.execute(AssertSqlSafe(sql.to_owned())).await.unwrap();
    }

    /// A connection of the test's own, as the superuser.
    pub(crate) async fn open(&self) -> PgConnection {
        PgConnection::connect(&self.url).await.unwrap()
    }

    /// One value, as the superuser.
    pub(crate) async fn value(&self, sql: &str) -> String {
        sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_one(&mut self.open().await).await.unwrap()
    }

    /// The superuser's URL.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The role that is granted little.
    pub(crate) fn role(&self) -> &str {
        &self.role
    }

    /// The role's URL.
    pub(crate) fn role_url(&self) -> String {
        self.url.replace("postgres@", &format!("{}@", self.role))
    }

    /// Settings of a source under the role.
    pub(crate) fn settings(&self) -> Value {
        json!({"url": self.role_url()})
    }
}

/// Two companies, three expenses; the role may read and approve.
pub(crate) async fn expenses() -> Database {
    let database = Database::new(
        "CREATE TABLE companies (id int PRIMARY KEY, name text NOT NULL);
         CREATE TABLE expenses (
             id int PRIMARY KEY, company_id int NOT NULL REFERENCES companies, category text,
             amount numeric(10,2) NOT NULL, spent_on date NOT NULL, approved bool NOT NULL DEFAULT false,
             at timestamp NOT NULL DEFAULT '2026-01-01 12:00');
         INSERT INTO companies VALUES (1, 'Acme'), (2, 'Globex');
         INSERT INTO expenses VALUES
             (1, 1, 'travel', 120.5, '2026-01-10', false), (2, 1, 'food', 30, '2026-01-11', true),
             (3, 2, NULL, 99.99, '2026-02-01', false);",
    )
    .await;
    let role = database.role();
    database
        .execute(&format!(
            "GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}; GRANT UPDATE, INSERT ON expenses TO {role}"
        ))
        .await;
    database
}

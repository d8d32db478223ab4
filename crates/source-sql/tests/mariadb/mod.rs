//! MariaDB, which stands for its family.

mod calls;
mod explore;
mod stopping;
mod types;

use puente_test_support::mariadb::MariaDb;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, Executor, MySqlConnection};

/// A database of a test's own, with a login that holds rights on it only.
pub(crate) struct Database {
    name: String,
    user: String,
}

impl Database {
    /// A new database with this content.
    pub(crate) async fn new(sql: &str) -> Self {
        let name = MariaDb::shared().create_database().await.unwrap();
        let user = format!("user_{}", &name[name.len() - 20..]);
        let database = Self { name, user };
        database.execute(&format!("CREATE USER {}@127.0.0.1 IDENTIFIED BY 'secret'; {sql}", database.user)).await;
        database
    }

    /// Grants the login something on the database, or on a table of it.
    pub(crate) async fn grant(&self, rights: &str, table: &str) {
        self.execute(&format!("GRANT {rights} ON {}.{table} TO {}@127.0.0.1", self.name, self.user)).await;
    }

    /// Runs statements as root.
    pub(crate) async fn execute(&self, sql: &str) {
        self.open().await.execute(AssertSqlSafe(sql.to_owned())).await.unwrap();
    }

    /// A connection of the test's own, as root.
    pub(crate) async fn open(&self) -> MySqlConnection {
        MySqlConnection::connect(&self.root_url()).await.unwrap()
    }

    /// One value, as root.
    pub(crate) async fn value(&self, sql: &str) -> String {
        let sql = format!("SELECT CAST(({sql}) AS CHAR)");
        sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut self.open().await).await.unwrap()
    }

    /// The login's name.
    pub(crate) fn user(&self) -> &str {
        &self.user
    }

    /// Root's URL.
    pub(crate) fn root_url(&self) -> String {
        MariaDb::shared().url("root", &self.name)
    }

    /// The login's URL.
    pub(crate) fn url(&self) -> String {
        MariaDb::shared().url(&format!("{}:secret", self.user), &self.name).replace("mysql:", "mariadb:")
    }

    /// Settings of a source under the login.
    pub(crate) fn settings(&self) -> Value {
        json!({"url": self.url()})
    }
}

/// Two companies, three expenses; the login may read and change expenses.
pub(crate) async fn expenses() -> Database {
    let database = Database::new(
        "CREATE TABLE companies (id int PRIMARY KEY, name varchar(50) NOT NULL);
         CREATE TABLE expenses (
             id int PRIMARY KEY, company_id int NOT NULL REFERENCES companies (id), category varchar(20),
             amount decimal(10,2) NOT NULL, spent_on date NOT NULL, approved bool NOT NULL DEFAULT false,
             at datetime NOT NULL DEFAULT '2026-01-01 12:00');
         INSERT INTO companies VALUES (1, 'Acme'), (2, 'Globex');
         INSERT INTO expenses (id, company_id, category, amount, spent_on, approved) VALUES
             (1, 1, 'travel', 120.5, '2026-01-10', false), (2, 1, 'food', 30, '2026-01-11', true),
             (3, 2, NULL, 99.99, '2026-02-01', false)",
    )
    .await;
    database.grant("SELECT", "*").await;
    database.grant("INSERT, UPDATE, DELETE", "expenses").await;
    database
}

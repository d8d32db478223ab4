//! SQLite.

mod calls;
mod types;
mod ways_out;

use rusqlite::Connection;
use serde_json::{Value, json};
use tempfile::TempDir;

/// A database file that lives as long as this.
pub(crate) struct Database {
    folder: TempDir,
}

impl Database {
    /// A new file with this content.
    pub(crate) fn new(sql: &str) -> Self {
        let database = Self { folder: tempfile::tempdir().unwrap() };
        database.open().execute_batch(sql).unwrap();
        database
    }

    /// A connection of the test's own.
    pub(crate) fn open(&self) -> Connection {
        Connection::open(self.folder.path().join("erp.db")).unwrap()
    }

    /// The settings of a source on it.
    pub(crate) fn settings(&self) -> Value {
        json!({"url": format!("sqlite:{}", self.folder.path().join("erp.db").display())})
    }

    /// All of it, as text: to see that nothing changed.
    pub(crate) fn dump(&self) -> String {
        let connection = self.open();
        let mut dump = String::new();
        let tables: Vec<String> = connection
            .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
            .unwrap()
            .query_map([], |row| row.get(0))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        for table in tables {
            dump.push_str(&table);
            dump.push('\n');
            let mut statement = connection.prepare(&format!("SELECT * FROM \"{table}\"")).unwrap();
            let columns = statement.column_count();
            let mut rows = statement.query([]).unwrap();
            while let Some(row) = rows.next().unwrap() {
                for column in 0..columns {
                    dump.extend(["|", &format!("{:?}", row.get_ref(column).unwrap())]);
                }
                dump.push('\n');
            }
        }
        dump
    }
}

/// Two companies, three expenses.
pub(crate) fn expenses() -> Database {
    Database::new(
        "CREATE TABLE companies (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
         CREATE TABLE expenses (
             id INTEGER PRIMARY KEY, company_id INTEGER NOT NULL REFERENCES companies, category TEXT,
             amount DECIMAL(10,2) NOT NULL, spent_on DATE NOT NULL, approved BOOLEAN NOT NULL DEFAULT 0);
         INSERT INTO companies VALUES (1, 'Acme'), (2, 'Globex');
         INSERT INTO expenses VALUES
             (1, 1, 'travel', 120.5, '2026-01-10', 0), (2, 1, 'food', 30, '2026-01-11', 1),
             (3, 2, NULL, 99.99, '2026-02-01', 0);",
    )
}

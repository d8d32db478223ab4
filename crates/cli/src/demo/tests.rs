//! The sample is the same everywhere, and makes sense.

use std::fmt::Write;

use rusqlite::Connection;
use sha2::{Digest, Sha256};

const TABLES: [&str; 5] = ["companies", "employees", "expenses", "invoices", "bank_movements"];

fn sample() -> Connection {
    let mut database = Connection::open_in_memory().unwrap();
    super::fill(&mut database).unwrap();
    database
}

fn fingerprint(database: &Connection) -> String {
    let mut hash = Sha256::new();
    for table in TABLES {
        let mut statement = database.prepare(&format!("SELECT * FROM {table} ORDER BY id")).unwrap();
        let columns = statement.column_count();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            for column in 0..columns {
                hash.update(format!("{:?}\n", row.get_ref(column).unwrap()));
            }
        }
    }
    hash.finalize().iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn number(database: &Connection, sql: &str) -> i64 {
    database.query_row(sql, [], |row| row.get(0)).unwrap()
}

#[test]
fn every_run_makes_the_same_rows() {
    assert_eq!(fingerprint(&sample()), "91d876de41110467c2c848be869ba6a90d23ce0e6c357f4d476c8829627b0a95");
}

#[test]
fn the_rows_fit_together() {
    let database = sample();
    let count = |table: &str| number(&database, &format!("SELECT count(*) FROM {table}"));
    assert_eq!(TABLES.map(count), [6, 340, 18_000, 6_000, 6_000]);
    for nonsense in [
        "SELECT count(*) FROM pragma_foreign_key_check",
        "SELECT count(*) FROM expenses e JOIN employees p ON p.id = e.employee_id WHERE p.company_id != e.company_id",
        "SELECT count(*) FROM expenses e JOIN employees p ON p.id = e.employee_id WHERE e.spent_on < p.hired_on",
        "SELECT count(*) FROM expenses WHERE amount <= 0 OR spent_on != date(spent_on)",
        "SELECT count(*) FROM invoices WHERE due_on < issued_on",
        "SELECT count(*) FROM employees WHERE email GLOB '*[^a-z0-9.@]*'",
        "SELECT count(*) FROM (SELECT balance - amount - lag(balance) OVER (PARTITION BY company_id ORDER BY id) AS gap
         FROM bank_movements) WHERE abs(gap) > 0.005",
    ] {
        assert_eq!(number(&database, nonsense), 0, "{nonsense}");
    }
}

#[test]
fn a_file_is_replaced_in_one_step() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new/erp.sqlite");
    super::generate(&path).unwrap();
    let first = std::fs::read(&path).unwrap();
    super::generate(&path).unwrap();
    assert_eq!(first, std::fs::read(&path).unwrap());
    assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "no drafts are left");
}

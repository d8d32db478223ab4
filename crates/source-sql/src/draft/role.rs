//! SQL for a login that may read what the draft shows, and nothing else.

use puente_domain::Name;

use super::{
    schema::Table,
    tool::{qualified, quoted},
    yaml,
};
use crate::engine::Dialect;

/// The SQL, as comments.
pub(super) fn comment(name: &Name, dialect: Dialect, tables: &[Table]) -> String {
    let role = quoted(dialect, &format!("{}_reader", name.as_str().replace('-', "_")));
    let mut lines = match dialect {
        // SQLite knows no logins: Puente opens the file read-only.
        Dialect::Sqlite => return String::new(),
        Dialect::Postgres => vec![format!("CREATE ROLE {role} LOGIN PASSWORD '…' NOSUPERUSER NOBYPASSRLS;")],
        Dialect::MySql => vec![format!("CREATE USER {role}@'%' IDENTIFIED BY '…';")],
    };
    if dialect == Dialect::Postgres {
        let mut schemas: Vec<_> = tables.iter().filter_map(|table| table.schema.as_deref()).collect();
        schemas.dedup();
        lines.extend(
            schemas.iter().map(|schema| format!("GRANT USAGE ON SCHEMA {} TO {role};", quoted(dialect, schema))),
        );
    }
    let grantee = if dialect == Dialect::MySql { format!("{role}@'%'") } else { role };
    for table in tables {
        let columns: Vec<_> = table.shown().map(|column| quoted(dialect, &column.name)).collect();
        if !columns.is_empty() {
            lines.push(format!("GRANT SELECT ({}) ON {} TO {grantee};", columns.join(", "), qualified(dialect, table)));
        }
    }
    let sql: String = lines.iter().map(|line| yaml::comment(&format!("  {line}"))).collect();
    format!("# A login that may read this and nothing else:\n{sql}")
}

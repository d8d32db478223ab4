//! Decides what a statement may touch, while SQLite compiles it (<https://sqlite.org/c3ref/set_authorizer.html>).
//!
//! Everything that is not named here is denied: ATTACH and DETACH, PRAGMA, changes of the schema, virtual tables,
//! transactions and savepoints, functions that reach out of the database.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use rusqlite::{
    Connection,
    hooks::{AuthAction, AuthContext, Authorization},
};

use super::views::Views;

/// Pragmas that only show the schema, for Puente's own statements.
const CATALOG_PRAGMAS: &[&str] =
    &["table_list", "table_info", "table_xinfo", "foreign_key_list", "index_list", "index_info"];

/// Functions that load code, or that are known to reach beyond the database.
const DENIED_FUNCTIONS: &[&str] =
    &["load_extension", "fts3_tokenizer", "readfile", "writefile", "edit", "eval", "zipfile", "lsdir", "fsdir"];

/// The authorizer of one connection.
pub(super) struct Authorizer {
    mode: Arc<Mode>,
}

#[derive(Default)]
struct Mode {
    /// Puente's own statement is being compiled.
    catalog: AtomicBool,
    /// Puente itself begins or ends a transaction.
    transaction: AtomicBool,
}

impl Authorizer {
    /// Puts it to work.
    pub(super) fn install(
        connection: &Connection,
        writes: bool,
        tables: Arc<[String]>,
        views: Views,
    ) -> rusqlite::Result<Self> {
        let mode = Arc::new(Mode::default());
        let asked = Arc::clone(&mode);
        connection.authorizer(Some(move |context: AuthContext<'_>| {
            if is_allowed(&context, &asked, writes, (&tables, &views)) {
                Authorization::Allow
            } else {
                Authorization::Deny
            }
        }))?;
        Ok(Self { mode })
    }

    /// Lets `work` compile and run statements that read the schema (a pragma used as a table compiles while it runs).
    pub(super) fn for_catalog<T>(&self, catalog: bool, work: impl FnOnce() -> T) -> T {
        self.mode.catalog.store(catalog, Ordering::Relaxed);
        let result = work();
        self.mode.catalog.store(false, Ordering::Relaxed);
        result
    }

    /// Lets `work` begin or end a transaction.
    pub(super) fn for_transaction<T>(&self, work: impl FnOnce() -> T) -> T {
        self.mode.transaction.store(true, Ordering::Relaxed);
        let result = work();
        self.mode.transaction.store(false, Ordering::Relaxed);
        result
    }
}

fn is_allowed(context: &AuthContext<'_>, mode: &Mode, writes: bool, (tables, views): (&[String], &Views)) -> bool {
    let catalog = mode.catalog.load(Ordering::Relaxed);
    match context.action {
        AuthAction::Select | AuthAction::Recursive => true,
        // A view that may be read may read its tables. Naming a table without a column reads the empty column "".
        AuthAction::Read { table_name, .. } => {
            let by_view = context.accessor.is_some_and(|reader| views.contains(reader));
            catalog || tables.is_empty() || by_view || is_listed(tables, table_name)
        }
        AuthAction::Function { function_name } => {
            !DENIED_FUNCTIONS.iter().any(|denied| function_name.eq_ignore_ascii_case(denied))
        }
        AuthAction::Pragma { pragma_name, .. } => catalog && CATALOG_PRAGMAS.contains(&pragma_name),
        AuthAction::Insert { table_name }
        | AuthAction::Delete { table_name }
        | AuthAction::Update { table_name, .. } => writes && !table_name.starts_with("sqlite_"),
        AuthAction::Transaction { .. } => writes && mode.transaction.load(Ordering::Relaxed),
        _ => false,
    }
}

fn is_listed(tables: &[String], name: &str) -> bool {
    // Subqueries and table-valued functions read no table of the database.
    name.is_empty() || name.starts_with("json_") || tables.iter().any(|listed| listed.eq_ignore_ascii_case(name))
}

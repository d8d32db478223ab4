//! What is measured: one statement on one table, in both databases.

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
};

use puente_test_support::postgres::Postgres;
use sqlx::Executor;

/// The statement; `$1` is the company. Twenty rows of five columns.
pub(crate) const SQL: &str = "SELECT id, category, description, amount, spent_on FROM expenses \
                              WHERE company_id = $1 ORDER BY id LIMIT 20";

/// The same statement as a tool writes it.
pub(crate) const TOOL_SQL: &str = "SELECT id, category, description, amount, spent_on FROM expenses \
                                   WHERE company_id = :company_id ORDER BY id LIMIT 20";

/// How many companies there are; each has as many expenses as the next.
pub(crate) const COMPANIES: u64 = 500;
const EXPENSES: u64 = 30_000;

const SCHEMA: &str = "CREATE TABLE expenses (id bigint PRIMARY KEY, company_id bigint NOT NULL, category text NOT NULL, \
                      description text NOT NULL, amount double precision NOT NULL, spent_on text NOT NULL); \
                      CREATE INDEX expenses_company ON expenses (company_id, id)";

/// Where the table is.
pub(crate) enum Backend {
    Sqlite { file: PathBuf },
    Postgres { url: String },
}

impl Backend {
    /// The table in a new SQLite file of this folder.
    pub(crate) fn sqlite_in(folder: &Path) -> anyhow::Result<Self> {
        let file = folder.join("expenses.sqlite");
        fill_sqlite(&file)?;
        Ok(Self::Sqlite { file })
    }

    /// The table in a new database of the tests' PostgreSQL.
    pub(crate) async fn postgres() -> anyhow::Result<Self> {
        let url = Postgres::shared().create_database().await?;
        fill_postgres(&url).await?;
        Ok(Self::Postgres { url })
    }

    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Sqlite { .. } => "SQLite",
            Self::Postgres { .. } => "PostgreSQL",
        }
    }

    /// The URL of a source on it.
    pub(crate) fn url(&self) -> String {
        match self {
            Self::Sqlite { file } => format!("sqlite:{}", file.display()),
            Self::Postgres { url } => url.clone(),
        }
    }
}

/// Makes the table in a new SQLite file.
fn fill_sqlite(file: &Path) -> anyhow::Result<()> {
    let database = rusqlite::Connection::open(file)?;
    database.execute_batch(&format!("BEGIN; {SCHEMA}; {}; COMMIT; ANALYZE", rows()))?;
    Ok(())
}

/// Makes the table in an empty PostgreSQL database.
async fn fill_postgres(url: &str) -> anyhow::Result<()> {
    let pool = sqlx::PgPool::connect(url).await?;
    let script = format!("{SCHEMA}; {}; ANALYZE expenses", rows());
    pool.execute(sqlx::AssertSqlSafe(script)).await?;
    pool.close().await;
    Ok(())
}

fn rows() -> String {
    let mut sql = String::from("INSERT INTO expenses VALUES ");
    for id in 0..EXPENSES {
        let comma = if id == 0 { "" } else { "," };
        let (company, cents, day) = (id % COMPANIES + 1, id * 7919 % 100_000, id % 28 + 1);
        let _ =
            write!(sql, "{comma}({id},{company},'travel','Train to the customer, {id}',{cents}.5,'2026-03-{day:02}')");
    }
    sql
}

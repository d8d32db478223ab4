//! PostgreSQL as the tests see it: a database of their own, and what `psql` says.

use std::process::Command;

use puente_test_support::postgres::Postgres;

/// An empty database on this test run's server.
pub struct PgDatabase {
    url: String,
}

impl PgDatabase {
    /// Makes one.
    pub async fn empty() -> Self {
        Self { url: Postgres::shared().create_database().await.expect("the server makes databases") }
    }

    /// One that is there already.
    #[must_use]
    pub fn at(url: &str) -> Self {
        Self { url: url.to_owned() }
    }

    /// `postgresql://…`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What a statement answers, as `psql` prints it: fields with `|` between them, rows with line breaks.
    #[must_use]
    pub fn query(&self, sql: &str) -> String {
        let mut psql = Command::new("psql");
        psql.args(["--no-psqlrc", "--no-align", "--tuples-only", "--quiet", "-v", "ON_ERROR_STOP=1", "-c", sql]);
        let output = psql.arg(&self.url).output().expect("psql runs");
        assert!(output.status.success(), "{sql}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("UTF-8").trim_end().to_owned()
    }

    /// Runs statements.
    pub fn run(&self, sql: &str) {
        let _ = self.query(sql);
    }

    /// Everything that is there, by name and number of rows: what must not change.
    #[must_use]
    pub fn content(&self) -> String {
        self.query(
            "SELECT c.relname, c.relkind, (xpath('/row/c/text()', query_to_xml(format('SELECT count(*) AS c FROM %s',
             c.oid::regclass), false, true, '')))[1]::text FROM pg_class c
             WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
             UNION ALL SELECT relname, relkind, '' FROM pg_class
             WHERE relnamespace = 'public'::regnamespace AND relkind = 'i' ORDER BY 1, 2",
        )
    }
}

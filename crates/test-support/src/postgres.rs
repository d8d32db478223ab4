//! A private PostgreSQL for tests: one server for a test run, one database for a test.
//!
//! The server listens on a free port of the loopback address, keeps its files in a temporary folder, and is stopped when
//! the test run ends in any way: a watchdog waits for the process that runs the tests. With `cargo nextest` that is
//! nextest, whose test processes share the server; else it is the test binary.
//!
//! The programs are found in `PUENTE_POSTGRES_BIN`, then in `.tools` (see `scripts/install-test-tools.sh`), then where
//! Debian puts them, then on the `PATH`.

mod server;

use std::{future::Future, io, sync::OnceLock};

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

/// A running PostgreSQL. It is a superuser's: `postgres`, without a password.
#[derive(Debug)]
pub struct Postgres {
    port: u16,
    /// Of a server of a test's own; the shared one is nobody's.
    own: Option<server::Own>,
}

impl Postgres {
    /// The server of this test run, started if nobody has yet.
    ///
    /// # Panics
    /// If no PostgreSQL is found, or none starts: the message says why.
    #[must_use]
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Postgres> = OnceLock::new();
        SHARED.get_or_init(|| match server::port_of_this_run() {
            Ok(port) => Self { port, own: None },
            Err(error) => panic!("no PostgreSQL for the tests: {error}"),
        })
    }

    /// A server that is this test's alone, so that it may be restarted.
    ///
    /// # Panics
    /// If no PostgreSQL is found, or none starts: the message says why.
    #[must_use]
    pub fn own() -> Self {
        match server::Own::start() {
            Ok((own, port)) => Self { port, own: Some(own) },
            Err(error) => panic!("no PostgreSQL for the tests: {error}"),
        }
    }

    /// Restarts a server of the test's own, cutting off whoever is connected.
    ///
    /// # Panics
    /// If it does not come back, or is the shared one.
    pub fn restart(&self) {
        let own = self.own.as_ref().expect("the shared server is not this test's to restart");
        own.restart(self.port).unwrap_or_else(|error| panic!("PostgreSQL does not start again: {error}"));
    }

    /// The port on the loopback address.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// The first column of a query's rows, which must be text.
    ///
    /// # Errors
    /// If the server refuses.
    pub async fn column(url: &str, query: &str) -> sqlx::Result<Vec<String>> {
        let mut connection = PgConnection::connect(url).await?;
        let column = sqlx::query_scalar(AssertSqlSafe(query)).fetch_all(&mut connection).await?;
        connection.close().await?;
        Ok(column)
    }

    /// Runs statements, separated by semicolons.
    ///
    /// # Errors
    /// If the server refuses.
    pub async fn execute(url: &str, statements: &str) -> sqlx::Result<()> {
        let mut connection = PgConnection::connect(url).await?;
        connection.execute(AssertSqlSafe(statements)).await?;
        connection.close().await
    }

    /// The URL of a database.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        format!("postgresql://postgres@127.0.0.1:{}/{database}", self.port)
    }

    /// Makes a new, empty database and returns its URL. Its text is ordered as in English, not by bytes, so that a
    /// forgotten `COLLATE` shows.
    ///
    /// # Errors
    /// If the server refuses.
    pub async fn create_database(&self) -> sqlx::Result<String> {
        self.create("template1").await
    }

    /// Makes a copy of the database `template` and returns its URL. Where there is no such template yet, `prepare` gets
    /// the URL of an empty database, fills it, and closes its connections.
    ///
    /// # Errors
    /// If the server refuses.
    pub async fn create_database_like<F>(
        &self,
        template: &str,
        prepare: impl FnOnce(String) -> F,
    ) -> sqlx::Result<String>
    where
        F: Future<Output = ()>,
    {
        let mut admin = PgConnection::connect(&self.url("postgres")).await?;
        sqlx::query("SELECT pg_advisory_lock(hashtext($1))").bind(template).execute(&mut admin).await?;
        let known = sqlx::query("SELECT 1 FROM pg_database WHERE datname = $1").bind(template);
        if known.fetch_optional(&mut admin).await?.is_none() {
            let draft = format!("{template}_draft");
            admin.execute(AssertSqlSafe(format!(r#"DROP DATABASE IF EXISTS "{draft}""#))).await?;
            admin.execute(AssertSqlSafe(format!(r#"CREATE DATABASE "{draft}""#))).await?;
            prepare(self.url(&draft)).await;
            admin.execute(AssertSqlSafe(format!(r#"ALTER DATABASE "{draft}" RENAME TO "{template}""#))).await?;
        }
        admin.close().await?;
        self.create(template).await
    }

    async fn create(&self, template: &str) -> sqlx::Result<String> {
        let name = format!("test_{}", uuid::Uuid::now_v7().simple());
        let mut admin = PgConnection::connect(&self.url("postgres")).await?;
        admin.execute(AssertSqlSafe(format!(r#"CREATE DATABASE "{name}" TEMPLATE "{template}""#))).await?;
        admin.close().await?;
        Ok(self.url(&name))
    }
}

/// Where this machine's PostgreSQL programs are.
///
/// # Errors
/// If there are none, or the user that must run them cannot.
pub fn find_programs() -> io::Result<std::path::PathBuf> {
    server::find_programs(server::Account::for_postgres()?)
}

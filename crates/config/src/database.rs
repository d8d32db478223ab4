//! The database: embedded SQLite, or PostgreSQL.

use std::{
    num::NonZeroUsize,
    path::{Path, PathBuf},
    time::Duration,
};

use secrecy::SecretString;
use url::Url;

use crate::{parse, reader::Reader, setting::Setting};

pub(crate) const DATABASE_URL: Setting = Setting::secret(
    "DATABASE_URL",
    "sqlite:$DATA_DIR/puente.db",
    "`sqlite:PATH` or `postgresql://USER:PASSWORD@HOST/NAME`",
);
const DATABASE_POOL_SIZE: Setting =
    Setting::new("DATABASE_POOL_SIZE", "10", "Connections that stay open to the database");
const DATABASE_ACQUIRE_TIMEOUT: Setting =
    Setting::new("DATABASE_ACQUIRE_TIMEOUT", "5s", "How long to wait for a connection to PostgreSQL");
const DATABASE_STATEMENT_TIMEOUT: Setting =
    Setting::new("DATABASE_STATEMENT_TIMEOUT", "60s", "How long one statement may take in PostgreSQL");
const DATABASE_CONNECTION_LIFETIME: Setting =
    Setting::new("DATABASE_CONNECTION_LIFETIME", "30m", "How old a connection to PostgreSQL may become");

pub(crate) const SETTINGS: &[Setting] = &[
    DATABASE_URL,
    DATABASE_POOL_SIZE,
    DATABASE_ACQUIRE_TIMEOUT,
    DATABASE_STATEMENT_TIMEOUT,
    DATABASE_CONNECTION_LIFETIME,
];

/// Where Puente keeps its own data.
#[derive(Clone, Debug)]
pub enum Database {
    /// A file.
    Sqlite {
        /// It is made if there is none.
        path: PathBuf,
    },
    /// A server.
    Postgres {
        /// With the password, so never shown.
        url: SecretString,
    },
}

impl std::str::FromStr for Database {
    type Err = String;

    /// As in `DATABASE_URL`.
    ///
    /// # Errors
    /// What was expected, in words, without the value.
    fn from_str(text: &str) -> Result<Self, String> {
        database(text)
    }
}

/// The database and how many connections it gets.
#[derive(Clone, Debug)]
pub struct DatabaseSettings {
    /// `DATABASE_URL`.
    pub database: Database,
    /// `DATABASE_POOL_SIZE`.
    pub pool_size: NonZeroUsize,
    /// `DATABASE_ACQUIRE_TIMEOUT`.
    pub acquire_timeout: Duration,
    /// `DATABASE_STATEMENT_TIMEOUT`.
    pub statement_timeout: Duration,
    /// `DATABASE_CONNECTION_LIFETIME`.
    pub connection_lifetime: Duration,
}

impl DatabaseSettings {
    pub(crate) fn read(reader: &mut Reader<'_>, data_dir: &Path) -> Self {
        let embedded = || Database::Sqlite { path: data_dir.join("puente.db") };
        Self {
            database: reader.optional(&DATABASE_URL, database).unwrap_or_else(embedded),
            pool_size: reader.value(&DATABASE_POOL_SIZE, parse::count),
            acquire_timeout: reader.value(&DATABASE_ACQUIRE_TIMEOUT, parse::positive_duration),
            statement_timeout: reader.value(&DATABASE_STATEMENT_TIMEOUT, parse::positive_duration),
            connection_lifetime: reader.value(&DATABASE_CONNECTION_LIFETIME, parse::positive_duration),
        }
    }
}

fn database(text: &str) -> Result<Database, String> {
    let (scheme, rest) = text.split_once(':').ok_or_else(expected)?;
    match scheme {
        "sqlite" | "sqlite3" => sqlite(rest),
        "postgres" | "postgresql" => postgres(text),
        _ if scheme.starts_with("postgres") && scheme.contains('+') => {
            Err("a URL that Puente knows: write `postgresql:` without a driver's name behind `+`".to_owned())
        }
        _ => Err(expected()),
    }
}

fn expected() -> String {
    "`sqlite:PATH` or `postgresql://USER:PASSWORD@HOST/NAME`".to_owned()
}

/// `sqlite:data/puente.db`, `sqlite://data/puente.db` and `sqlite:///var/lib/puente.db`.
fn sqlite(rest: &str) -> Result<Database, String> {
    let path = rest.strip_prefix("//").unwrap_or(rest);
    if path.starts_with(':') || path.is_empty() {
        return Err("a path to a file: a database in memory would forget everything".to_owned());
    }
    if path.contains('?') {
        return Err("a path without `?` and options".to_owned());
    }
    parse::path(path).map(|path| Database::Sqlite { path })
}

fn postgres(text: &str) -> Result<Database, String> {
    let named = |url: &Url| url.path().len() > 1;
    Url::parse(text).ok().filter(named).ok_or_else(expected)?;
    Ok(Database::Postgres { url: text.into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sqlite_paths_have_three_spellings() {
        for (text, wanted) in
            [("sqlite:a/b.db", "a/b.db"), ("sqlite://a/b.db", "a/b.db"), ("sqlite:///a/b.db", "/a/b.db")]
        {
            assert!(matches!(database(text), Ok(Database::Sqlite { path }) if path == Path::new(wanted)), "{text}");
        }
        for text in ["sqlite::memory:", "sqlite:", "sqlite://", "sqlite:a.db?mode=ro"] {
            assert!(database(text).is_err(), "{text}");
        }
    }

    #[test]
    fn postgres_needs_a_database() {
        assert!(matches!(database("postgresql://u:p@h:5432/n?sslmode=require"), Ok(Database::Postgres { .. })));
        assert!(matches!(database("postgres:///n?host=/run/postgresql"), Ok(Database::Postgres { .. })));
        for text in ["postgresql://u:p@h", "mysql://h/n", "puente.db", "postgresql://u:p@h:99999/n"] {
            assert!(database(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_python_driver_gets_its_own_answer() {
        assert!(database("postgresql+asyncpg://u:p@h/n").unwrap_err().contains("without a driver"));
    }
}

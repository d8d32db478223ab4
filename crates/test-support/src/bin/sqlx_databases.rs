//! Runs a command beside a private PostgreSQL and an SQLite file that have the schema of `crates/storage-*/migrations`,
//! with their addresses where `crates/storage-*/sqlx.toml` looks for them. For `scripts/prepare-sqlx.sh`.

use std::{
    path::Path,
    process::{Command, ExitCode},
};

use puente_test_support::postgres::Postgres;
use sqlx::{Connection, PgConnection, SqliteConnection, migrate::Migrator};

type Error = Box<dyn std::error::Error>;

async fn migrations(backend: &str) -> Result<Migrator, Error> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    Ok(Migrator::new(crates.join(format!("storage-{backend}/migrations"))).await?)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<ExitCode, Error> {
    let folder = tempfile::tempdir()?;
    let sqlite = format!("sqlite:{}?mode=rwc", folder.path().join("puente.db").display());
    let mut connection = SqliteConnection::connect(&sqlite).await?;
    migrations("sqlite").await?.run(&mut connection).await?;
    connection.close().await?;

    let postgres = Postgres::shared().create_database().await?;
    let mut connection = PgConnection::connect(&postgres).await?;
    migrations("postgres").await?.run(&mut connection).await?;
    connection.close().await?;

    let mut arguments = std::env::args_os().skip(1);
    let program = arguments.next().ok_or("name a command to run")?;
    let status = Command::new(program)
        .args(arguments)
        .env("PUENTE_SQLX_SQLITE_URL", sqlite)
        .env("PUENTE_SQLX_POSTGRES_URL", postgres)
        .env("SQLX_OFFLINE", "false")
        .status()?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

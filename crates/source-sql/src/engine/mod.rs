//! One engine for each kind of database, all behind a small trait.
//!
//! An engine prepares statements, runs them within limits that act inside the database, and enforces read-only access
//! there. To add one: a dialect, a module beside these, and a line in [`open`].

mod dialect;
mod error;
pub(crate) mod mysql;
pub(crate) mod postgres;
pub(crate) mod sqlite;
mod supervise;

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::value::RawValue;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

pub(crate) use dialect::Dialect;
pub(crate) use error::EngineError;

use crate::{
    output::{Column, Limits},
    parameters::{Datum, Parameter},
    reach::Reach,
    settings::PoolSettings,
    template::Template,
};

/// What a statement may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Read data.
    Read,
    /// Read data and the schema: Puente's own statements only.
    Catalog,
    /// Change data.
    Write,
}

/// A statement of a tool.
#[derive(Debug)]
pub(crate) struct Statement {
    /// Its text.
    pub(crate) template: Template,
    /// What is bound.
    pub(crate) parameters: Vec<Parameter>,
    /// What it may do; the database enforces it.
    pub(crate) access: Access,
}

/// One execution of a statement.
pub(crate) struct Run<'a> {
    /// Which.
    pub(crate) statement: &'a Arc<Statement>,
    /// A value for each of its parameters.
    pub(crate) values: Vec<Datum>,
    /// Session settings for the time of this execution.
    pub(crate) identity: Vec<(&'a str, String)>,
    /// How much the result may hold.
    pub(crate) limits: Limits,
    /// When it must have ended.
    pub(crate) deadline: Instant,
    /// Ends it.
    pub(crate) cancel: &'a CancellationToken,
}

/// What answers, and with which rights.
#[derive(Clone, Debug, Default)]
pub(crate) struct Probe {
    /// `PostgreSQL 16.4`.
    pub(crate) system: String,
    /// What a careful administrator would change.
    pub(crate) warnings: Vec<String>,
    /// Why this login must not run ad-hoc queries, if so.
    pub(crate) unrestricted: Option<String>,
}

/// A connected database.
#[async_trait]
pub(crate) trait Engine: Send + Sync + 'static {
    /// Prepares a statement with the declared types of its parameters.
    ///
    /// # Errors
    /// [`EngineError::Refused`] with the database's own words, or [`EngineError::Unreachable`].
    async fn describe(&self, statement: &Arc<Statement>) -> Result<Vec<Column>, EngineError>;

    /// Runs a statement. When it returns, the statement has ended inside the database, too; dropping the future stops
    /// it there soon.
    async fn run(&self, run: Run<'_>) -> Result<Box<RawValue>, EngineError>;

    /// Asks who is there.
    async fn probe(&self) -> Result<Probe, EngineError>;

    /// Closes all connections.
    async fn close(&self);
}

/// How to open an engine.
#[derive(Clone)]
pub(crate) struct Options {
    /// Where it is and who may be reached.
    pub(crate) reach: Reach,
    /// Connections.
    pub(crate) pool: PoolSettings,
    /// Whether a connection serves one statement only, so that no session state can leak: for ad-hoc queries.
    pub(crate) single_use: bool,
    /// SQLite: the only tables that can be read; all if empty.
    pub(crate) tables: Vec<String>,
}

/// Opens an engine; does not connect yet.
///
/// # Errors
/// For the administrator: what is wrong with the URL.
pub(crate) fn open(options: Options) -> Result<Arc<dyn Engine>, String> {
    Ok(match options.reach.dialect() {
        Dialect::Sqlite => Arc::new(sqlite::Sqlite::open(options)?),
        Dialect::Postgres => Arc::new(postgres::Postgres::open(options)?),
        Dialect::MySql => Arc::new(mysql::MySql::open(options)?),
    })
}

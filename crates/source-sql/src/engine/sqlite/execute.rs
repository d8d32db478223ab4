//! Running a statement.

use rusqlite::{ErrorCode, params_from_iter};
use serde_json::value::RawValue;

use super::{
    super::{Access, EngineError, Probe, Statement},
    columns,
    connection::Session,
    value::{Bound, write},
};
use crate::{
    output::{Limits, RowWriter},
    parameters::Datum,
};

/// Runs `statement`; one that writes in a transaction of its own.
pub(super) fn execute(
    session: &Session,
    statement: &Statement,
    values: &[Datum],
    limits: Limits,
) -> Result<Box<RawValue>, EngineError> {
    if session.stop.is_requested() {
        return Err(EngineError::Cancelled);
    }
    if statement.access != Access::Write {
        let catalog = statement.access == Access::Catalog;
        return session.authorizer.for_catalog(catalog, || rows(session, statement, values, limits));
    }
    control(session, "BEGIN IMMEDIATE")?;
    let result = rows(session, statement, values, limits).and_then(|result| {
        if session.stop.is_requested() {
            return Err(EngineError::Cancelled);
        }
        control(session, "COMMIT").map(|()| result)
    });
    if result.is_err() && !session.connection.is_autocommit() {
        control(session, "ROLLBACK")?;
    }
    result
}

fn control(session: &Session, sql: &str) -> Result<(), EngineError> {
    session.authorizer.for_transaction(|| session.connection.execute_batch(sql)).map_err(refused)
}

fn rows(
    session: &Session,
    statement: &Statement,
    values: &[Datum],
    limits: Limits,
) -> Result<Box<RawValue>, EngineError> {
    let rendered = statement.template.render(&statement.parameters, values);
    if let Some(view) = session.views.shadowed_by(&rendered.sql).filter(|_| statement.access != Access::Catalog) {
        return Err(EngineError::refused(format!(
            "an expression of a WITH clause may not have the view's name {view}"
        )));
    }
    let mut prepared = session.connection.prepare_cached(&rendered.sql).map_err(refused)?;
    let declared = columns::declared(&prepared);
    let mut writer = RowWriter::new(prepared.column_names(), limits);
    let bound = rendered
        .binds
        .iter()
        .map(|bind| Bound(bind.value(values), statement.parameters[bind.parameter()].settings.kind));
    let before = session.connection.total_changes();
    let mut rows = prepared.query(params_from_iter(bound)).map_err(refused)?;
    while let Some(row) = rows.next().map_err(refused)? {
        if !writer.start_row() {
            break;
        }
        for (index, &declared) in declared.iter().enumerate() {
            write(writer.value(index), row.get_ref(index).map_err(refused)?, declared);
        }
        writer.end_row()?;
    }
    drop(rows);
    let changed = session.connection.total_changes() > before;
    let affected = if changed { session.connection.changes() } else { 0 };
    writer.finish((statement.access == Access::Write).then_some(affected))
}

/// See [`super::super::Engine::probe`].
pub(super) fn probe(session: &Session) -> Result<Probe, EngineError> {
    let version: String =
        session.connection.query_row("SELECT sqlite_version()", [], |row| row.get(0)).map_err(refused)?;
    Ok(Probe { system: format!("SQLite {version}"), ..Probe::default() })
}

/// SQLite's own words tell nothing about the machine.
pub(super) fn refused(error: rusqlite::Error) -> EngineError {
    match &error {
        rusqlite::Error::SqliteFailure(failure, _) if failure.code == ErrorCode::OperationInterrupted => {
            EngineError::Cancelled
        }
        rusqlite::Error::SqliteFailure(_, Some(message)) => EngineError::refused(message.clone()),
        _ => EngineError::Refused { message: error.to_string(), cause: Some(error.into()) },
    }
}

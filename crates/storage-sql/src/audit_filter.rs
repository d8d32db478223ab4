//! Conditions that are put together at run time: an audit filter has eight optional conditions, and a statement that
//! spells them all (`$1 IS NULL OR …`) uses no index on SQLite.

use puente_domain::audit::Outcome;
use puente_storage::{AuditFilter, Result};
use sqlx::QueryBuilder;

use super::{Time, subject::subject_text, text::storable};
use crate::Db;

/// The length of the column `target_start`: an index entry of PostgreSQL holds 2,704 bytes, and targets may be longer.
const INDEXED: usize = 200;

/// A part of the events that an index finds, or all of them.
pub(super) enum Among {
    All,
    /// Those of a caller, by the folded name.
    Caller(String),
    /// Those of callers, by a `LIKE` pattern.
    CallersLike(String),
    /// Those of a target, by its first characters.
    Target(String),
}

/// Appends ` WHERE …` with the filter's conditions; `among` stands for that on the name.
pub(super) fn push_conditions(query: &mut QueryBuilder<Db>, filter: &AuditFilter, among: &Among) -> Result<()> {
    query.push(" WHERE TRUE");
    if let Some(subject) = filter.subject {
        query.push(" AND subject = ").push_bind(subject_text(subject));
    }
    push_among(query, among);
    if let Some(action) = &filter.action {
        push_unless(query, "action", "tools/call", storable("audit.action", action)?);
    }
    if let Some(target) = &filter.target {
        push_target(query, storable("audit.target", target)?);
    }
    if let Some(server) = &filter.server {
        push_unless(query, "server", "default", storable("audit.server", server)?);
    }
    if let Some(outcome) = filter.outcome {
        push_unless(query, "outcome", Outcome::Ok.as_str(), outcome.as_str());
    }
    push_period(query, filter);
    Ok(())
}

/// Appends ` AND …` with the filter's conditions on the moment.
pub(super) fn push_period(query: &mut QueryBuilder<Db>, filter: &AuditFilter) {
    if let Some(since) = filter.since {
        query.push(" AND at >= ").push_bind(Time(since));
    }
    if let Some(until) = filter.until {
        query.push(" AND at < ").push_bind(Time(until));
    }
}

fn push_among(query: &mut QueryBuilder<Db>, among: &Among) {
    match among {
        Among::All => {}
        Among::Caller(name) => {
            query.push(" AND principal_search = ").push_bind(name.clone());
        }
        Among::CallersLike(pattern) => {
            query.push(" AND principal_search LIKE ").push_bind(pattern.clone()).push(r" ESCAPE '\'");
        }
        Among::Target(start) => {
            query.push(" AND target_start = ").push_bind(start.clone());
        }
    }
}

/// What is indexed of a target.
pub(super) fn indexed(target: &str) -> String {
    target.chars().take(INDEXED).collect()
}

/// A target, or with `*` at its end all that start with it. The former has an index, which holds the first characters
/// only; for the latter see [`Among::Target`].
fn push_target(query: &mut QueryBuilder<Db>, target: &str) {
    if let Some(start) = target.strip_suffix('*') {
        query.push(" AND substr(target, 1, length(").push_bind(start.to_owned());
        query.push(")) = ").push_bind(start.to_owned());
    } else {
        query.push(" AND target_start = ").push_bind(indexed(target));
        query.push(" AND target = ").push_bind(target.to_owned());
    }
}

/// A column with a common value, which is soon found among the newest events. What is rare has an index of its own, which
/// SQLite uses only where its condition is repeated.
fn push_unless(query: &mut QueryBuilder<Db>, column: &'static str, common: &'static str, wanted: &str) {
    if wanted != common {
        query.push(format_args!(" AND {column} <> '{common}'"));
    }
    query.push(format_args!(" AND {column} = ")).push_bind(wanted.to_owned());
}

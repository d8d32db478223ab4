//! Conditions that are put together at run time: an audit filter has eight optional conditions, and a statement that
//! spells them all (`$1 IS NULL OR …`) uses no index on SQLite.

use puente_domain::audit::Outcome;
use puente_storage::{AuditFilter, Result};
use sqlx::QueryBuilder;

use super::{Time, subject::subject_text, text::storable};
use crate::Db;

/// The length of the column `target_start`: an index entry of PostgreSQL holds 2,704 bytes, and targets may be longer.
const INDEXED: usize = 200;

/// Whose events, as far as names tell; see [`AuditFilter::principal`].
pub(super) enum Caller {
    Anyone,
    /// By the folded name.
    Named(String),
    /// By a `LIKE` pattern.
    Like(String),
}

/// Appends ` WHERE …` with the filter's conditions; `caller` stands for that on the name.
pub(super) fn push_conditions(query: &mut QueryBuilder<Db>, filter: &AuditFilter, caller: &Caller) -> Result<()> {
    query.push(" WHERE TRUE");
    if let Some(subject) = filter.subject {
        query.push(" AND subject = ").push_bind(subject_text(subject));
    }
    match caller {
        Caller::Anyone => {}
        Caller::Named(name) => {
            query.push(" AND principal_search = ").push_bind(name.clone());
        }
        Caller::Like(pattern) => {
            query.push(" AND principal_search LIKE ").push_bind(pattern.clone()).push(r" ESCAPE '\'");
        }
    }
    if let Some(action) = &filter.action {
        query.push(" AND action = ").push_bind(storable("audit.action", action)?.to_owned());
    }
    if let Some(target) = &filter.target {
        push_target(query, storable("audit.target", target)?);
    }
    if let Some(server) = &filter.server {
        query.push(" AND server = ").push_bind(storable("audit.server", server)?.to_owned());
    }
    if let Some(outcome) = filter.outcome {
        push_outcome(query, outcome);
    }
    if let Some(since) = filter.since {
        query.push(" AND at >= ").push_bind(Time(since));
    }
    if let Some(until) = filter.until {
        query.push(" AND at < ").push_bind(Time(until));
    }
    Ok(())
}

/// A target, or with `*` at its end all that start with it. The former has an index, which holds the first characters
/// only; the latter goes through the events from the newest on, because sorting all of a common prefix takes longer.
fn push_target(query: &mut QueryBuilder<Db>, target: &str) {
    if let Some(start) = target.strip_suffix('*') {
        query.push(" AND substr(target, 1, length(").push_bind(start.to_owned());
        query.push(")) = ").push_bind(start.to_owned());
    } else {
        query.push(" AND target_start = ").push_bind(target.chars().take(INDEXED).collect::<String>());
        query.push(" AND target = ").push_bind(target.to_owned());
    }
}

/// What did not end well is rare and has an index of its own, which SQLite uses only where its condition is repeated.
fn push_outcome(query: &mut QueryBuilder<Db>, outcome: Outcome) {
    if outcome != Outcome::Ok {
        query.push(" AND outcome <> 'ok'");
    }
    query.push(" AND outcome = ").push_bind(outcome.as_str());
}

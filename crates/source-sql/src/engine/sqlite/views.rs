//! Views as part of a list of readable tables: what a view reads may be read through it, and through nothing else.
//!
//! SQLite tells the authorizer the name of the innermost view *or common table expression* that reads. So a statement
//! may not have an expression of a listed view's name: it would be taken for the view.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

use rusqlite::{
    Connection,
    hooks::{AuthContext, Authorization},
};

use crate::{
    engine::Dialect,
    template::{Token, TokenKind, tokens},
};

/// The names under which listed views read: their own, and those of views and expressions inside them. Lower case.
#[derive(Clone, Debug, Default)]
pub(super) struct Views(Arc<HashSet<String>>);

impl Views {
    /// Compiles each listed view and writes down who reads.
    pub(super) fn of(connection: &Connection, tables: &[String]) -> rusqlite::Result<Self> {
        let names = Arc::new(Mutex::new(HashSet::new()));
        let readers = Arc::clone(&names);
        connection.authorizer(Some(move |context: AuthContext<'_>| {
            if let Some(reader) = context.accessor {
                readers.lock().unwrap_or_else(PoisonError::into_inner).insert(reader.to_ascii_lowercase());
            }
            Authorization::Allow
        }))?;
        for table in tables {
            // What does not compile here cannot be read either.
            let _ = connection.prepare(&format!("SELECT * FROM \"{}\"", table.replace('"', "\"\"")));
        }
        let names = std::mem::take(&mut *names.lock().unwrap_or_else(PoisonError::into_inner));
        Ok(Self(Arc::new(names)))
    }

    /// Whether what reads is a listed view.
    pub(super) fn contains(&self, reader: &str) -> bool {
        self.0.contains(&reader.to_ascii_lowercase())
    }

    /// The name of a common table expression in `sql` that would be taken for a view.
    pub(super) fn shadowed_by(&self, sql: &str) -> Option<String> {
        if self.0.is_empty() {
            return None;
        }
        let tokens = tokens(sql, Dialect::Sqlite).unwrap_or_default();
        let tokens: Vec<Token<'_>> = tokens.into_iter().filter(|token| token.kind != TokenKind::Blank).collect();
        let names = (0..tokens.len()).filter(|&at| is_defined(&tokens[at + 1..])).map(|at| name(&tokens[at]));
        names.flatten().find(|name| self.contains(name))
    }
}

/// Whether the tokens after a name make it that of an expression: `[(columns)] AS [[NOT] MATERIALIZED] (`.
fn is_defined(after: &[Token<'_>]) -> bool {
    let columns = if is(after.first(), '(') { after.iter().position(|token| is(Some(token), ')')) } else { None };
    let mut rest = after[columns.map_or(0, |end| end + 1)..].iter();
    let word = |token: Option<&Token<'_>>| token.map(|token| token.text.to_ascii_uppercase()).unwrap_or_default();
    word(rest.next()) == "AS" && is(rest.find(|token| !matches!(&*word(Some(token)), "NOT" | "MATERIALIZED")), '(')
}

fn is(token: Option<&Token<'_>>, symbol: char) -> bool {
    token.is_some_and(|token| token.kind == TokenKind::Symbol(symbol))
}

/// A token as a name; SQLite takes texts in quotes as names, too.
fn name(token: &Token<'_>) -> Option<String> {
    match token.kind {
        TokenKind::Word => Some(token.text.to_owned()),
        TokenKind::QuotedName | TokenKind::Text => {
            let quote = token.text.chars().next()?;
            let inner = token.text.get(1..token.text.len() - 1)?;
            Some(inner.replace(&format!("{quote}{quote}"), &quote.to_string()))
        }
        _ => None,
    }
}

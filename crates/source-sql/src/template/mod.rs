//! A statement with named placeholders, and its text for a database.

mod lexer;
mod render;

use std::sync::Arc;

pub(crate) use lexer::{Token, TokenKind, tokens};
pub(crate) use render::{Bind, Rendered};

use crate::{engine::Dialect, parameters::Parameter};

/// A statement, cut at its placeholders.
#[derive(Clone, Debug)]
pub(crate) struct Template {
    dialect: Dialect,
    segments: Vec<Segment>,
    /// The text, if it does not depend on the length of lists.
    fixed: Option<Arc<Rendered>>,
}

/// A piece of a statement.
#[derive(Clone, Debug)]
enum Segment {
    /// As it is written.
    Text(String),
    /// One value; a list as a whole (`= ANY(:ids)`, `:ids IS NULL`).
    Value(usize),
    /// One value where MySQL takes nothing but a bare placeholder: after LIMIT and OFFSET.
    Bare(usize),
    /// The items of a list, in `IN (:ids)`.
    Items(usize),
}

impl Template {
    /// Cuts `sql` at its placeholders, each of which must be one of `parameters`, and each parameter must be used.
    ///
    /// # Errors
    /// Everything that is wrong.
    pub(crate) fn parse(sql: &str, dialect: Dialect, parameters: &[Parameter]) -> Result<Self, Vec<String>> {
        let tokens = tokens(sql, dialect).map_err(|problem| vec![problem])?;
        let statement = single_statement(&tokens).map_err(|problem| vec![problem])?;
        let problems = problems(statement, parameters);
        if !problems.is_empty() {
            return Err(problems);
        }
        let mut template = Self { dialect, segments: segments(statement, parameters), fixed: None };
        if !template.segments.iter().any(|segment| matches!(segment, Segment::Items(_))) {
            template.fixed = Some(Arc::new(template.write(parameters, &[])));
        }
        Ok(template)
    }
}

/// The tokens without a final semicolon.
///
/// # Errors
/// There is no statement, or more than one.
fn single_statement<'a, 'b>(tokens: &'b [Token<'a>]) -> Result<&'b [Token<'a>], String> {
    let is_blank = |token: &Token<'_>| token.kind == TokenKind::Blank;
    let end = tokens.iter().position(|token| token.kind == TokenKind::Symbol(';')).unwrap_or(tokens.len());
    let (statement, rest) = tokens.split_at(end);
    if statement.iter().all(is_blank) {
        return Err("there is no statement".to_owned());
    }
    if rest.iter().skip(1).any(|token| !is_blank(token)) {
        return Err("a tool is one statement; there is more after the semicolon".to_owned());
    }
    Ok(statement)
}

fn problems(tokens: &[Token<'_>], parameters: &[Parameter]) -> Vec<String> {
    let mut problems = Vec::new();
    for token in tokens {
        match token.kind {
            TokenKind::Placeholder if !parameters.iter().any(|parameter| parameter.name == token.text[1..]) => {
                problems.push(format!("there is no parameter for the placeholder {}", token.text));
            }
            TokenKind::Native => {
                problems.push(format!("placeholders are written :name, and '{}' is not", token.text));
            }
            _ => {}
        }
    }
    let is_used = |parameter: &&Parameter| {
        tokens.iter().any(|token| token.kind == TokenKind::Placeholder && token.text[1..] == parameter.name)
    };
    let unused = parameters.iter().filter(|parameter| !is_used(parameter));
    problems.extend(unused.map(|parameter| format!("the SQL does not use the parameter '{}'", parameter.name)));
    problems
}

fn segments(tokens: &[Token<'_>], parameters: &[Parameter]) -> Vec<Segment> {
    let mut segments = vec![Segment::Text(String::new())];
    for (at, token) in tokens.iter().enumerate() {
        let named = |parameter: &Parameter| token.kind == TokenKind::Placeholder && parameter.name == token.text[1..];
        if let Some(index) = parameters.iter().position(named) {
            let expands = parameters[index].settings.list && is_in_list(&tokens[..at]);
            segments.push(match () {
                () if expands => Segment::Items(index),
                () if is_limit(&tokens[..at]) => Segment::Bare(index),
                () => Segment::Value(index),
            });
            segments.push(Segment::Text(String::new()));
        } else if let Some(Segment::Text(text)) = segments.last_mut() {
            text.push_str(token.text);
        }
    }
    segments
}

/// Whether what follows `before` is the number of a LIMIT (`LIMIT :offset, :count` too) or OFFSET.
fn is_limit(before: &[Token<'_>]) -> bool {
    let mut back = before.iter().rev().filter(|token| token.kind != TokenKind::Blank).peekable();
    if back.next_if(|token| token.text == ",").is_some() {
        back.next();
    }
    back.next().is_some_and(|token| ["limit", "offset"].iter().any(|word| token.text.eq_ignore_ascii_case(word)))
}

/// Whether what follows `before` stands first in `IN (…)`.
fn is_in_list(before: &[Token<'_>]) -> bool {
    let mut back = before.iter().rev().filter(|token| token.kind != TokenKind::Blank);
    back.next().is_some_and(|token| token.kind == TokenKind::Symbol('('))
        && back.next().is_some_and(|token| token.text.eq_ignore_ascii_case("in"))
}

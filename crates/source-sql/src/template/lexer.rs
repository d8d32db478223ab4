//! Tells placeholders apart from everything that only looks like one: text, quoted names, comments, casts.

use crate::engine::Dialect;

/// What a piece of SQL is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// White space or a comment.
    Blank,
    /// A text in quotes.
    Text,
    /// A name in quotes.
    QuotedName,
    /// A keyword, name or number.
    Word,
    /// `:name`.
    Placeholder,
    /// A placeholder of the database's own: `?`, `$1`, `@name`.
    Native,
    /// Any other character.
    Symbol(char),
}

/// A piece of SQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token<'a> {
    /// What it is.
    pub(crate) kind: TokenKind,
    /// As it is written.
    pub(crate) text: &'a str,
}

/// Splits `sql` into tokens; together they are `sql` again.
///
/// # Errors
/// A quote or comment that does not end, or something that no statement of a tool may hold.
pub(crate) fn tokens(sql: &str, dialect: Dialect) -> Result<Vec<Token<'_>>, String> {
    if sql.contains('\0') {
        return Err("the SQL holds a NUL character".to_owned());
    }
    let mut lexer = Lexer { rest: sql, dialect, brackets: 0, tokens: Vec::new() };
    while !lexer.rest.is_empty() {
        let (kind, length) = lexer.next()?;
        let (text, rest) = lexer.rest.split_at(length);
        lexer.tokens.push(Token { kind, text });
        lexer.rest = rest;
    }
    Ok(lexer.tokens)
}

struct Lexer<'a> {
    rest: &'a str,
    dialect: Dialect,
    /// How many `[` are open; PostgreSQL slices arrays with a colon.
    brackets: usize,
    tokens: Vec<Token<'a>>,
}

impl Lexer<'_> {
    /// The next token's kind and length in bytes.
    fn next(&mut self) -> Result<(TokenKind, usize), String> {
        if let Some(length) = self.blank()? {
            return Ok((TokenKind::Blank, length));
        }
        if let Some(quoted) = self.quoted()? {
            return Ok(quoted);
        }
        let first = self.rest.chars().next().unwrap_or_default();
        if is_word(first) {
            return Ok((TokenKind::Word, word_length(self.rest)));
        }
        Ok(self.symbol(first))
    }

    fn blank(&self) -> Result<Option<usize>, String> {
        let rest = self.rest;
        let spaces = rest.len() - rest.trim_start().len();
        if spaces > 0 {
            return Ok(Some(spaces));
        }
        let mysql = self.dialect == Dialect::MySql;
        let is_line = if mysql { is_mysql_line_comment(rest) } else { rest.starts_with("--") };
        if is_line {
            return Ok(Some(rest.find('\n').map_or(rest.len(), |end| end + 1)));
        }
        if !rest.starts_with("/*") {
            return Ok(None);
        }
        if mysql && (rest.starts_with("/*!") || rest.starts_with("/*M!")) {
            return Err("comments that are executed (/*! … */) are not allowed".to_owned());
        }
        block_comment(rest, self.dialect == Dialect::Postgres)
            .map(Some)
            .ok_or_else(|| "a comment does not end".to_owned())
    }

    fn quoted(&self) -> Result<Option<(TokenKind, usize)>, String> {
        let (rest, dialect) = (self.rest, self.dialect);
        let backslashes = dialect == Dialect::MySql;
        let escaped = rest.len() >= 2 && rest.as_bytes()[0].eq_ignore_ascii_case(&b'e') && rest.as_bytes()[1] == b'\'';
        let (kind, length) = match rest.as_bytes()[0] {
            b'e' | b'E' if dialect == Dialect::Postgres && escaped => {
                (TokenKind::Text, quote_length(&rest[1..], '\'', true).map(|length| length + 1))
            }
            b'\'' => (TokenKind::Text, quote_length(rest, '\'', backslashes)),
            b'"' if backslashes => (TokenKind::Text, quote_length(rest, '"', true)),
            b'"' => (TokenKind::QuotedName, quote_length(rest, '"', false)),
            b'`' if dialect != Dialect::Postgres => (TokenKind::QuotedName, quote_length(rest, '`', false)),
            b'[' if dialect == Dialect::Sqlite => (TokenKind::QuotedName, rest.find(']').map(|end| end + 1)),
            b'$' if dialect == Dialect::Postgres => match dollar_tag(rest) {
                Some(tag) => (TokenKind::Text, rest[tag.len()..].find(tag).map(|end| end + 2 * tag.len())),
                None => return Ok(None),
            },
            _ => return Ok(None),
        };
        length.map(|length| Some((kind, length))).ok_or_else(|| format!("a quote does not end: {}", excerpt(rest)))
    }

    fn symbol(&mut self, first: char) -> (TokenKind, usize) {
        let after = &self.rest[first.len_utf8()..];
        match first {
            ':' if after.starts_with([':', '=']) => (TokenKind::Symbol(first), 2),
            ':' if after.starts_with(is_name_start) && !self.is_slice() => {
                (TokenKind::Placeholder, 1 + word_length(after))
            }
            '?' if self.dialect != Dialect::Postgres => (TokenKind::Native, 1),
            '$' => (TokenKind::Native, 1 + word_length(after)),
            '@' if self.dialect == Dialect::Sqlite => (TokenKind::Native, 1 + word_length(after)),
            _ => {
                match first {
                    '[' => self.brackets += 1,
                    ']' => self.brackets = self.brackets.saturating_sub(1),
                    _ => {}
                }
                (TokenKind::Symbol(first), first.len_utf8())
            }
        }
    }

    /// Whether a colon here is the one of `array[1:n]`.
    fn is_slice(&self) -> bool {
        let before = self.tokens.iter().rev().find(|token| token.kind != TokenKind::Blank).map(|token| token.kind);
        self.brackets > 0
            && matches!(
                before,
                Some(TokenKind::Word | TokenKind::QuotedName | TokenKind::Placeholder | TokenKind::Symbol(')' | ']'))
            )
    }
}

/// MySQL takes `--` as a comment only before white space, and `#` always.
fn is_mysql_line_comment(rest: &str) -> bool {
    rest.starts_with('#')
        || rest.strip_prefix("--").is_some_and(|after| after.is_empty() || after.starts_with(char::is_whitespace))
}

fn block_comment(rest: &str, nests: bool) -> Option<usize> {
    let mut depth = 1;
    let mut at = 2;
    while depth > 0 {
        let next = rest[at..].find(['*', '/']).map(|found| at + found)?;
        let here = &rest[next..];
        if here.starts_with("*/") {
            depth -= 1;
            at = next + 2;
        } else if nests && here.starts_with("/*") {
            depth += 1;
            at = next + 2;
        } else {
            at = next + 1;
        }
    }
    Some(at)
}

/// The length of a text that starts with `quote`; a doubled quote does not end it.
fn quote_length(rest: &str, quote: char, backslashes: bool) -> Option<usize> {
    let mut chars = rest.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c == '\\' && backslashes {
            chars.next();
        } else if c == quote && chars.next_if(|&(_, next)| next == quote).is_none() {
            return Some(at + c.len_utf8());
        }
    }
    None
}

/// `$$` or `$tag$` at the start of `rest`.
fn dollar_tag(rest: &str) -> Option<&str> {
    let end = rest[1..].find('$')? + 1;
    let tag = &rest[1..end];
    let legal = tag.chars().all(|c| c.is_alphanumeric() || c == '_') && !tag.starts_with(|c: char| c.is_ascii_digit());
    legal.then_some(&rest[..=end])
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn is_name_start(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_'
}

fn word_length(rest: &str) -> usize {
    rest.find(|c| !is_word(c)).unwrap_or(rest.len())
}

fn excerpt(rest: &str) -> String {
    rest.chars().take(20).collect()
}

#[cfg(test)]
#[path = "lexer_tests.rs"]
mod tests;

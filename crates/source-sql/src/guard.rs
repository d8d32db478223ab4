//! Statements that are refused by their look, before a database sees them.
//!
//! This is the second lock: read-only access is enforced by the database itself. It stops what a database would let
//! through in a read-only transaction of too powerful a login (`COPY … TO PROGRAM`, `INTO OUTFILE`), and what would
//! change the session that later calls use (`SET`, `set_config`).

use crate::{
    engine::{Access, Dialect},
    template::{Token, TokenKind, tokens},
};

const READS: &[&str] = &["SELECT", "WITH", "VALUES", "TABLE", "SHOW", "EXPLAIN", "DESCRIBE", "DESC", "("];
const WRITES: &[&str] = &["INSERT", "UPDATE", "DELETE", "REPLACE", "MERGE", "CALL", "SELECT", "WITH", "VALUES"];

/// Functions that change the session or reach out of the database.
const FORBIDDEN_CALLS: &[&str] = &[
    "set_config",
    "load_extension",
    "load_file",
    "lo_import",
    "lo_export",
    "pg_read_file",
    "pg_read_binary_file",
    "pg_ls_dir",
    "pg_stat_file",
    "pg_file_write",
    "pg_advisory_lock",
    "pg_advisory_lock_shared",
    "pg_try_advisory_lock",
    "pg_try_advisory_lock_shared",
    "pg_terminate_backend",
    "pg_cancel_backend",
    "pg_reload_conf",
    "query_to_xml",
    "query_to_xml_and_xmlschema",
    "ts_stat",
    "ts_rewrite",
    "pg_notify",
    "get_lock",
    "sys_exec",
    "sys_eval",
];

/// What is wrong with `sql`, if anything.
pub(crate) fn refusal(sql: &str, dialect: Dialect, access: Access) -> Option<String> {
    let tokens = match tokens(sql, dialect) {
        Ok(tokens) => tokens,
        Err(problem) => return Some(problem),
    };
    let mut words = tokens.iter().filter(|token| token.kind != TokenKind::Blank);
    let first = words.next().map(|token| token.text.to_ascii_uppercase()).unwrap_or_default();
    let allowed = if access == Access::Write { WRITES } else { READS };
    if !allowed.contains(&first.as_str()) {
        let hint = if access == Access::Write { "" } else { " (a tool that changes something says 'writes: true')" };
        return Some(format!("a statement may not start with {first}{hint}"));
    }
    if dialect == Dialect::MySql && access != Access::Write && words.any(|token| is(token, "into")) {
        return Some("INTO is not allowed in a statement that only reads".to_owned());
    }
    tokens.windows(2).find_map(|pair| forbidden(pair, dialect)).or_else(|| called(&tokens))
}

fn forbidden(pair: &[Token<'_>], dialect: Dialect) -> Option<String> {
    let hides_a_name = dialect == Dialect::Postgres && is(&pair[0], "u") && pair[1].text == "&";
    hides_a_name.then(|| "names and texts with Unicode escapes (U&\"…\") are not allowed".to_owned())
}

fn called(tokens: &[Token<'_>]) -> Option<String> {
    let names = tokens.iter().filter(|token| matches!(token.kind, TokenKind::Word | TokenKind::QuotedName));
    names
        .map(|token| token.text.trim_matches(['"', '`', '[', ']']).to_ascii_lowercase())
        .find(|name| FORBIDDEN_CALLS.contains(&name.as_str()) || name.starts_with("dblink"))
        .map(|name| format!("{name} is not allowed: it changes the session or reaches out of the database"))
}

fn is(token: &Token<'_>, word: &str) -> bool {
    token.kind == TokenKind::Word && token.text.eq_ignore_ascii_case(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_statements_pass() {
        for sql in
            ["SELECT 1", " -- x\n with a as (select 1) select * from a", "(SELECT 1)", "VALUES (1)", "EXPLAIN SELECT 1"]
        {
            for dialect in Dialect::ALL {
                assert_eq!(refusal(sql, dialect, Access::Read), None, "{sql}");
            }
        }
    }

    #[test]
    fn ways_out_are_refused() {
        let refused = |sql: &str, dialect| assert!(refusal(sql, dialect, Access::Read).is_some(), "{sql}");
        for sql in ["DELETE FROM t", "COPY t TO PROGRAM 'x'", "SET ROLE x", "DO $$ $$", "BEGIN", "CALL p()"] {
            refused(sql, Dialect::Postgres);
        }
        refused("SELECT SET_CONFIG('a.b', 'x', false)", Dialect::Postgres);
        refused("SELECT pg_catalog.\"set_config\"('a.b', 'x', false)", Dialect::Postgres);
        refused(r#"SELECT U&"set\005fconfig"('a.b', 'x', false)"#, Dialect::Postgres);
        refused("SELECT * FROM ts_stat('SELECT to_tsvector(set_config(''a.b'', ''x'', true))')", Dialect::Postgres);
        refused("SELECT pg_notify('a', 'b')", Dialect::Postgres);
        refused("SELECT * FROM dblink('x', 'DELETE FROM t')", Dialect::Postgres);
        refused("SELECT 1 INTO OUTFILE '/tmp/x'", Dialect::MySql);
        refused("PRAGMA query_only = 0", Dialect::Sqlite);
        refused("ATTACH 'x' AS y", Dialect::Sqlite);
        refused("VACUUM INTO 'x'", Dialect::Sqlite);
    }

    #[test]
    fn words_in_texts_are_only_texts() {
        assert_eq!(refusal("SELECT 'set_config', 'INTO'", Dialect::Postgres, Access::Read), None);
        assert_eq!(refusal("SELECT 'x INTO OUTFILE'", Dialect::MySql, Access::Read), None);
        assert_eq!(refusal("INSERT INTO t VALUES (1)", Dialect::MySql, Access::Write), None);
    }
}

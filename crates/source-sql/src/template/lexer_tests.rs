use proptest::prelude::*;

use super::*;

fn placeholders(sql: &str, dialect: Dialect) -> Vec<&str> {
    let tokens = tokens(sql, dialect).unwrap();
    assert_eq!(tokens.iter().map(|token| token.text).collect::<String>(), sql);
    tokens.iter().filter(|token| token.kind == TokenKind::Placeholder).map(|token| token.text).collect()
}

fn everywhere(sql: &str) -> Vec<&str> {
    let [sqlite, postgres, mysql] = Dialect::ALL.map(|dialect| placeholders(sql, dialect));
    assert_eq!(sqlite, postgres);
    assert_eq!(sqlite, mysql);
    sqlite
}

#[test]
fn placeholders_are_found_wherever_values_stand() {
    assert_eq!(everywhere("SELECT :a, (:b),:c_1+:D WHERE x=:e"), [":a", ":b", ":c_1", ":D", ":e"]);
}

#[test]
fn what_only_looks_like_a_placeholder_is_left_alone() {
    assert!(everywhere("SELECT ':a', 'it''s :b', x::text, a := 1 -- :c\n /* :d */").is_empty());
    assert!(placeholders("SELECT \":a\", \"a\"\":b\"", Dialect::Postgres).is_empty());
    assert!(placeholders("SELECT [:a], `:b`, \":c\"", Dialect::Sqlite).is_empty());
    assert!(placeholders("SELECT `:a`, \":b\", 'it\\':c' # :d\n", Dialect::MySql).is_empty());
}

#[test]
fn postgres_has_dollar_quotes_escapes_nested_comments_and_slices() {
    let none = |sql| assert!(placeholders(sql, Dialect::Postgres).is_empty(), "{sql}");
    none("SELECT $$ :a $$, $tag$ :b $x$ $tag$");
    none(r"SELECT E'\' :a', e'\\'");
    none("SELECT /* /* :a */ :b */ 1");
    none("SELECT list[1:n], list[ (1) :n]");
    assert_eq!(placeholders(r"SELECT '\', :a", Dialect::Postgres), [":a"]);
    assert_eq!(placeholders("SELECT list[:a], list[1 : :b], x ? :c", Dialect::Postgres), [":a", ":b", ":c"]);
    assert_eq!(placeholders("SELECT name'x', :a", Dialect::Postgres), [":a"]);
}

#[test]
fn mysql_reads_a_dash_dash_without_a_space_as_two_minuses() {
    assert_eq!(placeholders("SELECT 1--:a", Dialect::MySql), [":a"]);
    assert!(placeholders("SELECT 1 -- :a", Dialect::MySql).is_empty());
}

#[test]
fn what_does_not_end_is_an_error() {
    for sql in ["'a", "\"a", "/* a", "SELECT 'a''"] {
        for dialect in Dialect::ALL {
            assert!(tokens(sql, dialect).is_err(), "{sql}");
        }
    }
    assert!(tokens("$$ a", Dialect::Postgres).is_err());
    assert!(tokens("/*!50000 DELETE FROM t */", Dialect::MySql).is_err());
    assert!(tokens("a\0", Dialect::Sqlite).is_err());
}

proptest! {
    #[test]
    fn tokens_are_the_whole_sql_and_never_panic(sql in "\\PC*") {
        for dialect in Dialect::ALL {
            if let Ok(tokens) = tokens(&sql, dialect) {
                prop_assert_eq!(tokens.iter().map(|token| token.text).collect::<String>(), sql.clone());
            }
        }
    }

    #[test]
    fn a_quoted_text_never_holds_a_placeholder(text in "\\PC*") {
        let quoted = format!("SELECT '{}'", text.replace('\'', "''").replace('\\', ""));
        prop_assert!(everywhere(&quoted).is_empty());
    }
}

//! Catalog files that must not be applied.

use puente_tests::{FAILED, Site};

/// Applies a file that is wrong: the message must contain all words, and the catalog stays what it was.
fn assert_refused(yaml: &str, words: &[&str]) {
    let site = Site::with_notes();
    let before = site.puente(&["export"]).success().stdout;
    let file = site.write("wrong.yaml", yaml);
    site.puente(&["apply", "-f", &file]).expect_failure(FAILED, words);
    assert_eq!(site.puente(&["export"]).success().stdout, before);
}

fn source_with(tools: &str) -> String {
    format!("sources:\n  - name: other\n    type: sql\n    url: ${{env:SOURCE_NOTES_URL}}\n    tools:\n{tools}")
}

#[test]
fn unreadable_yaml() {
    assert_refused("sources:\n  - name: [erp\n", &["wrong.yaml", "line 2, column 11"]);
    assert_refused("sources:\n\t- name: erp\n", &["line 2, column 2", "tab"]);
}

#[test]
fn no_such_file() {
    Site::empty().puente(&["apply", "-f", "nowhere.yaml"]).expect_failure(FAILED, &["nowhere.yaml"]);
}

#[test]
fn unknown_field() {
    let tool = "      - {name: a, description: A, sql: SELECT 1 AS one, descripton: typo}\n";
    assert_refused(&source_with(tool), &["sources[0].tools[0]", "descripton"]);
    assert_refused("sorces: []\n", &["sorces"]);
}

#[test]
fn a_mistake_deep_inside_is_at_its_own_line() {
    let parameter = "      - name: a\n        description: A\n        sql: SELECT :p AS p\n        parameters:\n          p:\n            type: integer\n            maximun: 5\n";
    assert_refused(&source_with(parameter), &["sources[0].tools[0].parameters.p.maximun", "line 12"]);
    let pool = "sources:\n  - name: other\n    type: sql\n    url: ${env:SOURCE_NOTES_URL}\n    pool:\n      idle: 5m\n      max: ten\n    tools: []\n";
    assert_refused(pool, &["sources[0].pool.max", "line 7", "\"ten\""]);
}

#[test]
fn duplicate_or_illegal_tool_name() {
    let twice = "      - {name: a, description: A, sql: SELECT 1 AS one}\n".repeat(2);
    assert_refused(&source_with(&twice), &["sources[0].tools[1]", "'a'"]);
    let illegal = "      - {name: 'drop table', description: A, sql: SELECT 1 AS one}\n";
    assert_refused(&source_with(illegal), &["sources[0].tools[0].name", "drop table"]);
}

#[test]
fn sql_that_does_not_prepare() {
    let tool = "      - {name: a, description: A, sql: SELECT missing FROM notes}\n";
    assert_refused(&source_with(tool), &["sources[0].tools[0]", "no such column: missing"]);
}

#[test]
fn two_tools_that_clients_would_see_under_one_name() {
    let catalog = source_with("      - {name: list_notes, description: A, sql: SELECT 1 AS one}\n")
        + "servers:\n  - {name: both, include: [notes.list_notes, other.list_notes], prefix: false}\n";
    assert_refused(&catalog, &["servers[0]", "list_notes"]);
}

#[test]
fn a_cache_on_a_writing_tool() {
    let tool = "      - {name: a, description: A, sql: DELETE FROM notes, writes: true, cache: {ttl: 1m}}\n";
    assert_refused(&source_with(tool), &["sources[0].tools[0]", "cache"]);
}

#[test]
fn a_variable_that_a_catalog_may_not_name() {
    let catalog = "sources:\n  - {name: other, type: sql, url: '${env:JWT_SECRET_KEY}', tools: []}\n";
    assert_refused(catalog, &["sources[0].url", "JWT_SECRET_KEY", "PUENTE_ENV_ALLOW"]);
}

use puente_domain::catalog::SourceKind;
use serde_json::json;

use super::*;

fn findings(text: &str) -> Vec<Finding> {
    match CatalogFile::parse(text) {
        Err(Error::Invalid(findings)) => findings,
        other => panic!("not invalid: {other:?}"),
    }
}

#[test]
fn the_example_of_the_documentation() {
    let file = CatalogFile::parse(
        "
sources:
  - name: erp
    type: sql
    url: ${env:SOURCE_ERP_URL}
    tools:
      - name: search_expenses
        description: Expenses of a company, newest first.
        sql: SELECT id FROM expenses
             WHERE company_id = :company_id
        parameters:
          company_id: {type: integer, description: The company}
          limit: {type: integer, default: 50, maximum: 500}
        cache: {ttl: 30s, scope: principal}
servers:
  - name: finance
    include: [erp.*]
    grants: [role:member]
",
    )
    .unwrap();
    let source = &file.sources[0];
    assert_eq!((source.name.as_str(), source.kind, source.enabled), ("erp", SourceKind::Sql, true));
    assert_eq!(source.settings["url"], "${env:SOURCE_ERP_URL}");
    assert_eq!(source.tools[0].settings["sql"], "SELECT id FROM expenses WHERE company_id = :company_id");
    assert_eq!(source.tools[0].settings["parameters"]["limit"]["default"], json!(50));
    let server = &file.servers[0];
    assert_eq!((server.prefix, server.open, server.enabled), (true, false, true));
    assert_eq!(server.grants, Some(vec!["role:member".to_owned()]));
}

#[test]
fn everything_wrong_is_found_at_once_each_at_its_place() {
    let text = "
sources:
  - name: erp
    type: sql
    tools:
      - {name: 'bad name'}
      - description: nameless
  - name: 1
    type: oracle
servers:
  - name: finance
    includes: [erp.*]
    open: perhaps
extra: 1
";
    let found = findings(text);
    let expected = [
        ("sources[0].tools[0].name", (6, 10), "'bad name' does not"),
        ("sources[0].tools[1]", (7, 9), "`name` is missing"),
        ("sources[1].name", (8, 5), "must be text, not a number"),
        ("sources[1].type", (9, 5), "types are sql, http, mcp and files"),
        ("servers[0].open", (13, 5), "must be true or false"),
        ("servers[0].includes", (12, 5), "unknown field `includes`"),
        ("extra", (14, 1), "unknown field `extra`"),
    ];
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for (path, position, message) in expected {
        let finding = found.iter().find(|finding| finding.path == path).unwrap_or_else(|| panic!("{path}: {found:#?}"));
        assert_eq!(finding.position.map(|(line, _)| line), Some(position.0), "{finding}");
        assert_eq!(finding.position, Some(position), "{finding}");
        assert!(finding.message.contains(message), "{finding}");
    }
}

#[test]
fn an_empty_file_is_an_empty_catalog() {
    for text in ["", "# nothing\n", "sources: []\nservers:\n"] {
        assert_eq!(CatalogFile::parse(text).unwrap(), CatalogFile::default(), "{text:?}");
    }
}

#[test]
fn hostile_yaml_is_refused_quickly() {
    let bomb = "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\n\
                d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e]\n\
                g: &g [*f,*f,*f,*f,*f,*f,*f,*f,*f]\nh: [*g,*g,*g,*g,*g,*g,*g,*g,*g]\n";
    assert!(CatalogFile::parse(bomb).is_err());
    assert!(CatalogFile::parse(&"[".repeat(100_000)).is_err());
    assert!(CatalogFile::parse("sources:\n- name: a\n  name: b\n").is_err());
    assert!(CatalogFile::parse("a: 1\n---\nb: 2\n").is_err());
    assert!(CatalogFile::parse("a: .inf\n").is_err());
}

#[test]
fn the_schema_is_one_and_accepts_the_example() {
    let validator = jsonschema::validator_for(&catalog_schema()).unwrap();
    let example = json!({
        "sources": [{"name": "erp", "type": "sql", "url": "x", "tools": [{"name": "t", "cache": {"ttl": "30s"}}]}],
        "servers": [{"name": "finance", "include": ["erp.*"], "grants": ["role:member"]}],
    });
    assert!(validator.is_valid(&example));
    assert!(!validator.is_valid(&json!({"servers": [{"name": "finance", "includes": []}]})));
}

proptest::proptest! {
    #[test]
    fn no_text_makes_it_panic(text in ".{0,400}") {
        let _ = CatalogFile::parse(&text);
    }

    #[test]
    fn no_almost_catalog_makes_it_panic(
        lines in proptest::collection::vec(
            "( {0,6}(- )?(sources|servers|tools|name|type|url|include|grants|open)?:? ?(sql|\\[|\\{|\\*|&a|'|\"|[0-9]|~|!x|\\|)?)",
            0..20,
        ),
    ) {
        let _ = CatalogFile::parse(&lines.join("\n"));
    }
}

//! From files to the catalog and back.

use puente_domain::{Role, catalog::Origin};
use puente_gateway::{
    Error, Finding,
    catalog::{ApplyOptions, Change},
};
use secrecy::SecretString;
use serde_json::json;

use crate::world::{APPLY, World, catalog, member, somebody};

fn findings(result: Result<puente_gateway::catalog::Diff, Error>) -> Vec<Finding> {
    match result {
        Err(Error::Invalid(findings)) => findings,
        other => panic!("not invalid: {other:?}"),
    }
}

#[tokio::test]
async fn each_mistake_has_its_place_and_its_words() {
    let world = World::new().await;
    let table: &[(&str, &[&str], usize, &str)] = &[
        ("", &["{name: a, name: b}"], 6, "duplicate"),
        ("", &["{name: a}", "{name: a}"], 7, "there is already a tool 'a' at sources[0].tools[0]"),
        ("", &["{name: 'a b'}"], 6, "letters, digits"),
        ("", &["{name: a, sqll: x}"], 6, "unknown field `sqll`"),
        ("", &["{name: a}", "{name: b, act: broken}"], 7, "no such column: x"),
        ("", &["{name: a, timeout: soon}"], 6, "'soon' is not a duration like"),
        ("", &["{name: a, writes: true, cache: {ttl: 1s}}"], 6, "a tool that writes cannot be cached"),
        ("identity: {user: name}", &["{name: a, cache: {ttl: 1s, scope: public}}"], 7, "use `scope: principal`"),
        ("urll: x", &["{name: a}"], 5, "unknown field `urll`"),
        ("token: '${secret:nope}'", &["{name: a}"], 5, "there is no secret `nope`"),
        ("token: '${env:HOME}'", &["{name: a}"], 5, "PUENTE_ENV_ALLOW"),
        ("token: '${env:CARGO_NOT_SET}'", &["{name: a}"], 5, "is not set"),
    ];
    for (setting, tools, line, expected) in table {
        let mut yaml = catalog(tools);
        if !setting.is_empty() {
            yaml = yaml.replace("    tools:", &format!("    {setting}\n    tools:"));
        }
        let found = findings(world.apply(&yaml).await);
        let finding = found.iter().find(|finding| finding.message.contains(expected));
        let finding = finding.unwrap_or_else(|| panic!("{expected}: {found:#?}"));
        assert_eq!(finding.position.map(|(line, _)| line), Some(*line), "{finding}\n{yaml}");
    }
    let with = |servers: &str| catalog(&["{name: a}"]) + servers;
    for (yaml, expected) in [
        (with("  - {name: main}\n"), "there is already a server 'main'"),
        (with("  - {name: b, include: ['erp']}\n"), "no pattern over source.tool"),
        (with("  - {name: b, grants: ['team:nope']}\n"), "there is no team 'nope'"),
        (with("  - {name: b, grants: ['everyone']}\n"), "user:EMAIL"),
        (with("  - {name: b, grant: []}\n"), "unknown field `grant`"),
        (catalog(&["{name: a}"]).replace("http://erp", "http://u:pw@erp"), "secret in the clear"),
        (catalog(&["{name: a}"]).replace("type: http", "type: sql"), "no sources of type sql"),
    ] {
        let found = findings(world.apply(&yaml).await);
        assert!(found.iter().any(|finding| finding.message.contains(expected)), "{expected}: {found:#?}");
        assert!(found.iter().all(|finding| finding.position.is_some()), "{found:#?}");
    }
    assert!(world.gateway.sources_health(&world.operator).await.unwrap().is_empty());
}

#[tokio::test]
async fn names_that_clients_could_not_tell_apart_are_refused() {
    let world = World::new().await;
    let yaml = "
sources:
  - {name: a, type: http, url: 'http://a', tools: [{name: b_c}, {name: same}]}
  - {name: a_b, type: http, url: 'http://b', tools: [{name: c}, {name: same}]}
servers:
  - {name: all, include: ['*']}
  - {name: bare, include: ['*.same'], prefix: false}
";
    let found = findings(world.apply(yaml).await);
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(found[0].message.contains("both a.b_c and a_b.c as `a_b_c`"), "{}", found[0]);
    assert!(found[1].message.contains("both a.same and a_b.same as `same`"), "{}", found[1]);
    assert_eq!(found[1].position.map(|(line, _)| line), Some(7));
}

#[tokio::test]
async fn what_is_exported_applies_without_a_change() {
    let world = World::new().await;
    let secret = SecretString::from("hunter2");
    world.gateway.set_secret(&world.operator, "erp.password", &secret).await.unwrap();
    let yaml = "
sources:
  - name: erp
    type: http
    description: 'Company: \"books\" & more'
    url: http://app:${secret:erp.password}@erp
    nested: {list: [1, 2.5, true, null, 'no', '1', ''], empty: {}}
    tools:
      - name: search
        description: |
          Two lines:
            indented # no comment
        act: echo
        schema: {type: object, properties: {q: {type: string, default: 'yes'}}}
        cache: {ttl: 30s}
      - {name: off, enabled: false}
    prompts:
      - {name: review, messages: [{text: \"Line one\\n\\nLine three \\ttab {{x}}\"}], arguments: [{name: x}]}
    resources:
      - {name: rules, uri: 'doc://rules', text: \"trailing newlines\\n\\n\"}
servers:
  - {name: main, description: 'Für alle: ✓', include: ['erp.*'], exclude: ['erp.off'], prefix: false, discovery: beside, open: true, grants: ['role:member']}
  - {name: off, enabled: false, include: [], grants: []}
";
    let diff = world.apply(yaml).await.unwrap();
    assert_eq!(diff.count(Change::Added), 8, "{diff}");
    let exported = world.gateway.export(&world.operator).await.unwrap();
    assert!(exported.contains("${secret:erp.password}") && !exported.contains("hunter2"), "{exported}");
    let options = ApplyOptions { prune: true, ..APPLY };
    let again = world.gateway.apply(&world.operator, &exported, options).await.unwrap();
    assert!(again.is_empty(), "{again}\n{exported}");
    let fresh = World::new().await;
    fresh.gateway.set_secret(&fresh.operator, "erp.password", &secret).await.unwrap();
    fresh.apply(&exported).await.unwrap();
    assert_eq!(fresh.gateway.export(&fresh.operator).await.unwrap(), exported);
    assert_eq!(fresh.backstage.definitions.lock().unwrap()[0]["url"], "http://app:hunter2@erp");
}

#[tokio::test]
async fn a_dry_run_says_it_and_does_not_do_it() {
    let world = World::applied(&catalog(&["{name: a}", "{name: b}"])).await;
    let next = catalog(&["{name: a, description: new}", "{name: c}"]);
    let dry = ApplyOptions { dry_run: true, prune: true, origin: Origin::Operator };
    let before = world.gateway.export(&world.operator).await.unwrap();
    let diff = world.gateway.apply(&world.operator, &next, dry).await.unwrap();
    let shown = diff.to_string();
    for line in ["~ tool erp.a (description)", "+ tool erp.c", "- tool erp.b", "1 added, 1 changed, 1 removed"] {
        assert!(shown.contains(line), "{line}\n{shown}");
    }
    assert_eq!(world.gateway.export(&world.operator).await.unwrap(), before);
    assert!(world.rows("catalog/apply").await.len() == 1);
}

#[tokio::test]
async fn only_prune_deletes() {
    let world = World::applied(&catalog(&["{name: a}", "{name: b}"])).await;
    let less = catalog(&["{name: a}"]);
    let diff = world.apply(&less).await.unwrap();
    assert!(diff.is_empty() && diff.count(Change::Kept) == 1, "{diff}");
    let cx = world.cx(&member("ana"));
    assert_eq!(world.tools(&cx).await, ["erp_a", "erp_b"]);
    let prune = ApplyOptions { prune: true, ..APPLY };
    world.gateway.apply(&world.operator, &less, prune).await.unwrap();
    assert_eq!(world.tools(&cx).await, ["erp_a"]);
    world.gateway.apply(&world.operator, "sources: []\nservers: []", prune).await.unwrap();
    assert!(world.gateway.sources_health(&world.operator).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_file_that_is_wrong_somewhere_changes_nothing() {
    let world = World::applied(&catalog(&["{name: a}"])).await;
    let before = world.gateway.export(&world.operator).await.unwrap();
    let wrong = catalog(&["{name: a, description: new}", "{name: b, act: broken}"]);
    assert!(world.apply(&wrong).await.is_err());
    assert_eq!(world.gateway.export(&world.operator).await.unwrap(), before);
}

#[tokio::test]
async fn who_may_apply_what() {
    let world = World::new().await;
    let (editor, member) = (somebody("ed", Role::Editor, &[]), member("ana"));
    let options = ApplyOptions { origin: Origin::Editor, ..APPLY };
    let source = "sources: [{name: erp, type: http, url: 'http://erp', tools: [{name: a}]}]\n";
    assert!(matches!(world.gateway.apply(&member, source, options).await, Err(Error::Refused(_))));
    let granting = format!("{source}servers: [{{name: main, include: ['*'], grants: ['role:member']}}]");
    assert!(matches!(world.gateway.apply(&editor, &granting, options).await, Err(Error::Refused(_))));
    let with_env = source.replace("http://erp", "${env:CARGO_PKG_NAME}");
    let found = findings(world.gateway.apply(&editor, &with_env, options).await);
    assert!(found[0].message.contains("only a file that the operator applies"), "{}", found[0]);
    world.gateway.apply(&editor, source, options).await.unwrap();
    assert_eq!(world.rows("catalog/apply").await.iter().filter(|row| row.detail.is_some()).count(), 3);
    let settings = world.gateway.source(&editor, "erp").await.unwrap();
    assert_eq!((settings.origin, &settings.settings["url"]), (Origin::Editor, &json!("http://erp")));
}

//! Where stored secrets may go: never to another place than their source's.

use puente_domain::{Role, audit::Outcome, catalog::Origin};
use puente_gateway::{
    Actor, Error,
    catalog::{ApplyOptions, edit::SourceChange},
};
use secrecy::SecretString;
use serde_json::json;

use crate::world::{APPLY, World, somebody};

const YAML: &str = "sources: [{name: erp, type: http, url: 'http://app:${secret:erp}@erp', tools: [{name: a}]}]";
const EDITOR: ApplyOptions = ApplyOptions { origin: Origin::Editor, ..APPLY };
const DRY: ApplyOptions = ApplyOptions { dry_run: true, ..EDITOR };

/// An operator's source with a secret, and an editor.
async fn world() -> (World, Actor) {
    let world = World::new().await;
    world.gateway.set_secret(&world.operator, "erp", &SecretString::from("hunter2")).await.unwrap();
    world.apply(YAML).await.unwrap();
    (world, somebody("ed", Role::Editor, &[]))
}

async fn secrets(world: &World) -> Vec<String> {
    let secrets = world.gateway.secrets(&world.operator).await.unwrap();
    secrets.into_iter().map(|secret| secret.name).collect()
}

/// Whether anything that was connected to `place` came with the secret.
fn told(world: &World, place: &str) -> bool {
    let seen = [world.backstage.verified.lock().unwrap(), world.backstage.definitions.lock().unwrap()];
    let seen = seen.iter().flat_map(|list| list.iter());
    seen.map(|settings| json!(settings).to_string()).any(|text| text.contains(place) && text.contains("hunter2"))
}

#[tokio::test]
async fn a_dry_run_sends_no_secret_to_another_place_and_leaves_a_row() {
    let (world, editor) = world().await;
    let evil = YAML.replace("@erp", "@evil");
    let diff = world.gateway.apply(&editor, &evil, DRY).await.unwrap();
    assert!(!told(&world, "@evil"));
    assert!(diff.warnings.iter().any(|warning| warning.message.contains("connects elsewhere")), "{diff}");
    assert_eq!(secrets(&world).await, ["erp"]);
    let rows = world.rows("catalog/apply").await;
    assert!(rows.iter().any(|row| row.principal == "ed" && row.detail.as_deref() == Some("dry run")), "{rows:#?}");
    // Where it connects already, it may be asked with its secret.
    world.gateway.apply(&editor, YAML, DRY).await.unwrap();
    assert!(told(&world, "@erp"));
}

#[tokio::test]
async fn an_editors_apply_to_another_place_deletes_the_secrets() {
    let (world, editor) = world().await;
    world.gateway.apply(&editor, &YAML.replace("@erp", "@evil"), EDITOR).await.unwrap();
    assert!(!told(&world, "@evil"));
    assert!(secrets(&world).await.is_empty());
    let rows = world.rows("catalog/apply").await;
    assert!(rows.last().unwrap().detail.as_deref().unwrap().contains("1 secrets were deleted"), "{rows:#?}");
}

#[tokio::test]
async fn an_operator_may_move_a_source_with_its_secrets() {
    let (world, _) = world().await;
    world.apply(&YAML.replace("@erp", "@moved")).await.unwrap();
    assert!(told(&world, "@moved"));
    assert_eq!(secrets(&world).await, ["erp"]);
}

#[tokio::test]
async fn an_edit_is_checked_without_the_secrets_that_it_loses() {
    let (world, editor) = world().await;
    let settings = json!({"url": "http://app:${secret:erp}@evil"}).as_object().cloned();
    let change = SourceChange { settings, ..SourceChange::default() };
    world.gateway.update_source(&editor, "erp", change, None).await.unwrap();
    assert!(!told(&world, "@evil"));
    assert!(secrets(&world).await.is_empty());
}

#[tokio::test]
async fn a_source_that_is_pruned_leaves_no_secret_to_the_next_of_its_name() {
    let (world, editor) = world().await;
    let diff = world.gateway.apply(&editor, "sources: []", ApplyOptions { prune: true, ..EDITOR }).await.unwrap();
    assert!(diff.warnings.iter().any(|warning| warning.message.contains("with its secrets: erp")), "{diff}");
    assert!(secrets(&world).await.is_empty());
}

#[tokio::test]
async fn an_editors_source_gets_no_secret_of_an_operators_source() {
    let (world, editor) = world().await;
    world.gateway.set_secret(&world.operator, "shared", &SecretString::from("hunter2")).await.unwrap();
    world.apply("sources: [{name: crm, type: http, url: 'http://app:${secret:shared}@crm'}]").await.unwrap();
    let evil = "sources: [{name: shared, type: http, url: 'http://app:${secret:shared}@evil'}]";
    let refused = world.gateway.apply(&editor, evil, EDITOR).await;
    assert!(matches!(&refused, Err(Error::Invalid(found)) if found[0].message.contains("operator")), "{refused:?}");
    assert!(!told(&world, "@evil"));
    assert_eq!(world.rows("catalog/apply").await.last().unwrap().outcome, Outcome::Ok);
}

#[tokio::test]
async fn it_does_not_get_one_when_the_operators_source_is_gone_either() {
    let (world, editor) = world().await;
    // An administrator may have set it over the REST API: serving the operator's source makes it the operator's.
    world.gateway.set_secret(&editor, "shared", &SecretString::from("hunter2")).await.unwrap();
    world.apply("sources: [{name: crm, type: http, url: 'http://app:${secret:shared}@crm'}]").await.unwrap();
    world.gateway.delete_source(&editor, "crm", None).await.unwrap();
    let evil = "sources: [{name: shared, type: http, url: 'http://app:${secret:shared}@evil'}]";
    let refused = world.gateway.apply(&editor, evil, EDITOR).await;
    assert!(matches!(&refused, Err(Error::Invalid(found)) if found[0].message.contains("operator")), "{refused:?}");
    assert!(!told(&world, "@evil"));
}

#[tokio::test]
async fn a_secret_that_the_operator_set_in_advance_waits_for_the_operators_source() {
    let (world, editor) = world().await;
    world.gateway.set_secret(&world.operator, "early.password", &SecretString::from("hunter2")).await.unwrap();
    let evil = "sources: [{name: early, type: http, url: 'http://app:${secret:early.password}@evil'}]";
    for options in [DRY, EDITOR] {
        let refused = world.gateway.apply(&editor, evil, options).await;
        assert!(matches!(&refused, Err(Error::Invalid(found)) if found[0].message.contains("operator")), "{refused:?}");
    }
    assert!(!told(&world, "@evil"));
    world.gateway.set_secret(&editor, "early.password", &SecretString::from("their own")).await.unwrap();
    world.gateway.apply(&editor, evil, EDITOR).await.unwrap();
}

#[tokio::test]
async fn tools_are_checked_before_their_sources_secret_is_there() {
    let world = World::new().await;
    let editor = somebody("ed", Role::Editor, &[]);
    let bare = "sources: [{name: crm, type: http, url: 'http://app:${secret:crm}@crm', tools: [{name: a, sqll: x}]}]";
    let refused = world.gateway.apply(&editor, bare, EDITOR).await;
    let Err(Error::Invalid(found)) = refused else { panic!("{refused:?}") };
    assert!(found.iter().any(|finding| finding.message.contains("unknown field `sqll`")), "{found:#?}");
    assert!(found.iter().any(|finding| finding.message.contains("there is no secret `crm`")), "{found:#?}");
}

#[tokio::test]
async fn a_tool_that_the_file_does_not_name_is_named_by_its_finding() {
    let (world, _) = world().await;
    // As it was saved when nothing checked it.
    let mut transaction = world.storage.write().await.unwrap();
    let mut tool = transaction.catalog().load().await.unwrap().tools.remove(0);
    tool.settings = json!({"act": "broken"}).as_object().cloned().unwrap();
    transaction.catalog().update_tool(&tool).await.unwrap();
    transaction.save().await.unwrap();
    let refused = world.apply(&YAML.replace("{name: a}", "{name: b}")).await;
    let Err(Error::Invalid(found)) = refused else { panic!("{refused:?}") };
    assert!(found[0].message.contains("tool erp.a, which this file does not name (act): no such column"), "{found:#?}");
}

//! Edits are taken up while calls go on.

use std::sync::atomic::Ordering;

use puente_gateway::McpHandler;
use puente_mcp::{Era, Handler, handler::Event};
use puente_sources::SourceEvent;
use serde_json::json;
use tokio::sync::broadcast::error::TryRecvError;

use crate::world::{World, call, catalog, context, member};

#[tokio::test]
async fn rights_act_after_the_edit_in_lists_and_calls() {
    let world = World::applied(&catalog(&["{name: echo}"])).await;
    let ana = member("ana");
    let cx = world.cx(&ana);
    assert!(world.call(&cx, "erp_echo", json!({})).await.is_ok());
    let options = puente_gateway::catalog::ApplyOptions { prune: true, ..crate::world::APPLY };
    let without = catalog(&["{name: echo}"]).replace("grants: [role:member]", "grants: []");
    world.gateway.apply(&world.operator, &without, options).await.unwrap();
    assert!(world.call(&cx, "erp_echo", json!({})).await.is_err());
    assert!(world.cx_on(&ana, "main").is_err());
    world.apply(&catalog(&["{name: echo}"])).await.unwrap();
    assert!(world.call(&cx, "erp_echo", json!({})).await.is_ok());
}

#[tokio::test]
async fn another_process_takes_an_edit_up_by_itself() {
    let world = World::applied(&catalog(&["{name: echo}"])).await;
    let other = world.another();
    other.start().await.unwrap();
    let caller = other.enter(member("ana"), "main").await.unwrap();
    let mut events = McpHandler(other.clone()).events(&caller);
    world.apply(&catalog(&["{name: echo}", "{name: more}"])).await.unwrap();
    assert_eq!(events.recv().await.unwrap(), Event::ToolsChanged);
    let cx = context(caller, Era::Modern);
    assert!(call(&McpHandler(other.clone()), &cx, "erp_more", json!({})).await.is_ok());
    other.stop().await;
}

#[tokio::test]
async fn clients_hear_of_what_changed_for_them_only() {
    let world = World::applied(&catalog(&["{name: echo}"])).await;
    let reader = puente_domain::Role::Member;
    let (full, reader) = (member("ana"), crate::world::somebody("reader", reader, &["mcp:read"]));
    let mut heard = world.handler().events(&world.cx(&full).caller);
    let mut unheard = world.handler().events(&world.cx(&reader).caller);
    world.apply(&catalog(&["{name: echo}", "{name: write, writes: true}"])).await.unwrap();
    assert_eq!(heard.try_recv(), Ok(Event::ToolsChanged));
    assert_eq!(heard.try_recv(), Err(TryRecvError::Empty));
    assert_eq!(unheard.try_recv(), Err(TryRecvError::Empty));
}

/// Those who see all tools of a source see a new one; nobody gains a right, and what was switched off stays off.
#[tokio::test]
async fn a_refresh_of_a_source_changes_no_right() {
    let private = "  - {name: private, include: [erp.echo], grants: [role:admin]}\n";
    let yaml = catalog(&["{name: echo}", "{name: hidden, enabled: false}"]) + private;
    let world = World::applied(&yaml).await;
    let (ana, boss) = (member("ana"), crate::world::somebody("boss", puente_domain::Role::Admin, &[]));
    let cx = world.cx(&ana);
    let mut events = world.handler().events(&cx.caller);
    assert_eq!(world.tools(&cx).await, ["erp_echo"]);
    let before = world.gateway.export(&world.operator).await.unwrap();
    world.backstage.surprise.send_replace(Some("more"));
    assert_eq!(events.recv().await.unwrap(), Event::ToolsChanged);
    assert_eq!(world.tools(&cx).await, ["erp_echo", "erp_more"]);
    assert!(world.call(&cx, "erp_hidden", json!({})).await.is_err());
    assert!(world.cx_on(&ana, "private").is_err());
    assert_eq!(world.tools(&world.cx_on(&boss, "private").unwrap()).await, ["erp_echo"]);
    assert_eq!(world.gateway.export(&world.operator).await.unwrap(), before);
}

#[tokio::test]
async fn a_changed_resource_reaches_those_who_see_it() {
    let world = World::applied(&catalog(&["{name: echo}"])).await;
    let mut events = world.handler().events(&world.cx(&member("ana")).caller);
    world.backstage.events.send(SourceEvent::ResourceUpdated { uri: "fake://other".to_owned() }).unwrap();
    world.backstage.events.send(SourceEvent::ResourceUpdated { uri: "fake://watched".to_owned() }).unwrap();
    assert_eq!(events.recv().await.unwrap(), Event::ResourceUpdated { uri: "fake://watched".to_owned() });
}

#[tokio::test]
async fn a_replaced_source_is_closed_after_its_last_call() {
    let world = World::applied(&catalog(&["{name: slow, act: hold}"])).await;
    let (handler, cx) = (world.handler(), world.cx(&member("ana")));
    let running = tokio::spawn(async move { call(&handler, &cx, "erp_slow", json!({})).await });
    world.backstage.wait_inside(1).await;
    world.apply(&catalog(&["{name: slow, act: hold, description: new}"])).await.unwrap();
    assert_eq!(world.backstage.definitions.lock().unwrap().len(), 2);
    world.backstage.gate.add_permits(1);
    running.await.unwrap().unwrap();
    world.backstage.closed.subscribe().wait_for(|closed| *closed == 1).await.unwrap();
    assert_eq!(world.backstage.cut_off.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn an_unchanged_source_is_not_connected_again() {
    let world = World::applied(&catalog(&["{name: echo}"])).await;
    let more = catalog(&["{name: echo}"]) + "  - {name: second, include: ['*']}\n";
    world.apply(&more).await.unwrap();
    assert_eq!(world.backstage.definitions.lock().unwrap().len(), 1);
}

//! The audit trail of calls.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use puente_domain::{AuditId, Role, audit::Outcome};
use puente_gateway::{OnAuditFailure, Settings};
use puente_storage::{AuditFilter, Page};
use serde_json::json;

use crate::flaky::Flaky;
use crate::world::{World, call, catalog, member, somebody};

#[tokio::test]
async fn a_write_has_its_intent_before_and_its_outcome_with_the_reply() {
    let world = World::applied(&catalog(&["{name: write, act: hold, writes: true}"])).await;
    let (handler, cx) = (world.handler(), world.cx(&member("ana")));
    let running = tokio::spawn(async move { call(&handler, &cx, "erp_write", json!({})).await });
    world.backstage.wait_inside(1).await;
    let intent = world.rows("tools/call").await;
    assert_eq!((intent.len(), intent[0].outcome, intent[0].target.as_str()), (1, Outcome::Unknown, "erp.write"));
    world.backstage.gate.add_permits(1);
    running.await.unwrap().unwrap();
    let rows = world.rows("tools/call").await;
    assert_eq!((rows.len(), rows[0].id, rows[0].outcome), (1, intent[0].id, Outcome::Ok));
}

#[tokio::test]
async fn an_intent_without_outcome_is_explained_at_the_next_start() {
    let world = World::applied(&catalog(&["{name: write, act: stubborn, writes: true}"])).await;
    let (handler, cx) = (world.handler(), world.cx(&member("ana")));
    let running = tokio::spawn(async move { call(&handler, &cx, "erp_write", json!({})).await });
    world.backstage.wait_inside(1).await;
    // The process "dies" here: the call never ends, and another process starts on the same database.
    let next = world.another();
    next.start().await.unwrap();
    let rows = world.rows("tools/call").await;
    assert_eq!(rows[0].outcome, Outcome::Unknown);
    assert!(
        rows[0]
            .detail
            .as_deref()
            .unwrap()
            .contains("ended in the middle of the call, or another replica still runs it")
    );
    next.stop().await;
    running.abort();
}

#[tokio::test]
async fn a_graceful_stop_loses_no_row() {
    let world = World::applied(&catalog(&["{name: echo}"])).await;
    let cx = world.cx(&member("ana"));
    for _ in 0..500 {
        world.call(&cx, "erp_echo", json!({})).await.unwrap();
    }
    world.gateway.stop().await;
    assert_eq!(world.rows("tools/call").await.len(), 500);
    assert_eq!(*world.backstage.closed.borrow(), 1);
}

#[tokio::test]
async fn everyone_sees_its_own_rows_and_admins_all() {
    let world = World::applied(&catalog(&["{name: echo}"])).await;
    let (ana, ben) = (member("ana"), member("ben"));
    for actor in [&ana, &ben] {
        world.call(&world.cx(actor), "erp_echo", json!({})).await.unwrap();
    }
    world.gateway.audit_flush().await.unwrap();
    let calls = AuditFilter { action: Some("tools/call".to_owned()), ..AuditFilter::default() };
    let seen = async |actor| world.gateway.audit_list(actor, calls.clone(), &Page::default()).await.unwrap().items;
    let own = seen(&ana).await;
    assert_eq!((own.len(), own[0].principal.as_str()), (1, "ana"));
    assert_eq!(seen(&somebody("root", Role::Admin, &[])).await.len(), 2);
    assert!(world.gateway.audit_get(&ben, own[0].id).await.is_err());
    assert!(world.gateway.audit_get(&ana, own[0].id).await.is_ok());
    assert!(world.gateway.audit_get(&ana, AuditId::new()).await.is_err());
    let scoped = somebody("key", Role::Admin, &["mcp"]);
    assert!(world.gateway.audit_list(&scoped, AuditFilter::default(), &Page::default()).await.is_err());
}

#[tokio::test]
async fn statistics_count_calls_by_outcome_and_target() {
    let world = World::applied(&catalog(&["{name: echo}", "{name: down, act: fail}"])).await;
    let cx = world.cx(&member("ana"));
    for tool in ["erp_echo", "erp_echo", "erp_down"] {
        world.call(&cx, tool, json!({})).await.unwrap();
    }
    world.gateway.audit_flush().await.unwrap();
    let since = puente_domain::Timestamp::from_micros(0);
    let statistics = world.gateway.statistics(&world.operator, since).await.unwrap();
    assert_eq!(statistics.calls, 3);
    assert!(statistics.outcomes.contains(&(Outcome::Ok, 2)) && statistics.outcomes.contains(&(Outcome::Error, 1)));
    let echo = statistics.targets.iter().find(|target| target.target == "erp.echo").unwrap();
    assert_eq!((echo.calls, echo.errors), (2, 0));
}

#[tokio::test]
async fn retention_deletes_what_is_older() {
    let settings = puente_gateway::Settings {
        audit_retention: Some(std::time::Duration::from_hours(24)),
        ..puente_gateway::Settings::default()
    };
    let world = World::with(settings).await;
    world.apply(&catalog(&["{name: echo}"])).await.unwrap();
    let cx = world.cx(&member("ana"));
    world.call(&cx, "erp_echo", json!({})).await.unwrap();
    world.clock.advance(std::time::Duration::from_hours(25));
    world.call(&cx, "erp_echo", json!({})).await.unwrap();
    assert_eq!(world.trail().await.len(), 2);
    world.gateway.prune_once().await.unwrap();
    assert_eq!(world.trail().await.len(), 1);
}

/// A world on a disk that is full when the flag says so.
async fn on_a_small_disk(on_audit_failure: OnAuditFailure) -> (World, Arc<Flaky>) {
    let mut disk = None;
    let world = World::on(Settings { on_audit_failure, ..Settings::default() }, |storage| {
        disk.insert(Arc::new(Flaky { storage, full: AtomicBool::new(false) })).clone()
    })
    .await;
    world.apply(&catalog(&["{name: echo}", "{name: write, writes: true}"])).await.unwrap();
    (world, disk.unwrap())
}

#[tokio::test]
async fn without_a_trail_nothing_is_written_and_soon_nothing_is_read() {
    let (world, disk) = on_a_small_disk(OnAuditFailure::Refuse).await;
    let cx = world.cx(&member("ana"));
    disk.full.store(true, Ordering::SeqCst);
    assert!(world.call(&cx, "erp_write", json!({})).await.is_err());
    assert_eq!(world.backstage.count("write"), 0);
    // The first one is not known to fail yet; its row waits.
    world.call(&cx, "erp_echo", json!({})).await.unwrap();
    assert!(world.gateway.audit_flush().await.is_err());
    let refused = world.call(&cx, "erp_echo", json!({})).await.unwrap_err();
    assert!(refused.to_string().contains("AUDIT_ON_FAILURE"), "{refused}");
    disk.full.store(false, Ordering::SeqCst);
    world.gateway.audit_flush().await.unwrap();
    world.call(&cx, "erp_write", json!({})).await.unwrap();
    let rows = world.trail().await;
    let seen: Vec<_> = rows.iter().map(|row| (row.target.as_str(), row.outcome)).collect();
    assert!(seen.contains(&("erp.echo", Outcome::Ok)) && seen.contains(&("erp.write", Outcome::Ok)), "{seen:?}");
}

#[tokio::test]
async fn reading_goes_on_without_a_trail_if_so_configured() {
    let (world, disk) = on_a_small_disk(OnAuditFailure::Continue).await;
    let cx = world.cx(&member("ana"));
    disk.full.store(true, Ordering::SeqCst);
    for _ in 0..3 {
        world.call(&cx, "erp_echo", json!({})).await.unwrap();
        assert!(world.gateway.audit_flush().await.is_err());
    }
    disk.full.store(false, Ordering::SeqCst);
    let since = puente_domain::Timestamp::from_micros(0);
    let statistics = world.gateway.statistics(&world.operator, since).await.unwrap();
    assert_eq!((statistics.calls, statistics.audit_lost), (0, 3));
}

#[tokio::test]
async fn hostile_names_reach_the_trail_short_and_hold_nobody_up() {
    let world = World::applied(&catalog(&["{name: echo}"])).await;
    let (eve, long) = (member("eve"), "A".repeat(4_100_000));
    let cx = world.cx(&member("ana"));
    for name in ["a\0b", "\0", long.as_str()] {
        assert!(world.gateway.remove_secret(&eve, name).await.is_err());
        assert!(world.gateway.create_tool(&eve, name, tool("x")).await.is_err());
        assert!(world.gateway.source_test(&eve, name).await.is_err());
        assert!(world.gateway.add_grant(&eve, name, "role:member").await.is_err());
        world.call(&cx, "erp_echo", json!({})).await.unwrap();
    }
    world.gateway.audit_flush().await.unwrap();
    let rows = world.rows("secrets/remove").await;
    assert_eq!((rows.len(), rows[0].target.as_str()), (3, "a\u{fffd}b"));
    assert!(rows.iter().all(|row| row.outcome == Outcome::Refused && row.target.len() <= 1500));
    assert_eq!(world.trail().await.len(), 3);
}

fn tool(name: &str) -> puente_gateway::catalog::edit::NewTool {
    puente_gateway::catalog::edit::NewTool {
        name: name.parse().unwrap(),
        description: String::new(),
        settings: serde_json::Map::new(),
        enabled: true,
    }
}

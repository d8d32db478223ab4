//! Kept results and shared flights.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use puente_domain::audit::Outcome;
use serde_json::json;

use crate::world::{World, call, catalog, member, structure};

#[tokio::test]
async fn a_hundred_equal_calls_cost_the_source_one() {
    let world =
        Arc::new(World::applied(&catalog(&["{name: slow, act: hold, cache: {ttl: 30s}, concurrency: 1}"])).await);
    let ana = member("ana");
    let calls: Vec<_> = (0..100)
        .map(|_| {
            let (handler, cx) = (world.handler(), world.cx(&ana));
            tokio::spawn(async move { call(&handler, &cx, "erp_slow", json!({"id": 1, "x": 2})).await })
        })
        .collect();
    world.backstage.wait_inside(1).await;
    world.backstage.gate.add_permits(1);
    for call in calls {
        call.await.unwrap().unwrap();
    }
    assert_eq!(world.backstage.count("slow"), 1);
    world.call(&world.cx(&ana), "erp_slow", json!({"x": 2, "id": 1})).await.unwrap();
    assert_eq!(world.backstage.count("slow"), 1);
    let rows = world.trail().await;
    assert_eq!((rows.len(), rows.iter().filter(|row| row.cached).count()), (101, 100));
}

#[tokio::test]
async fn cancelling_one_of_a_hundred_leaves_the_others_alone() {
    let world = Arc::new(World::applied(&catalog(&["{name: slow, act: hold, cache: {ttl: 30s}}"])).await);
    let ana = member("ana");
    let contexts: Vec<_> = (0..100).map(|_| world.cx(&ana)).collect();
    let calls: Vec<_> = contexts
        .iter()
        .map(|cx| {
            let (handler, cx) = (world.handler(), cx.clone());
            tokio::spawn(async move { call(&handler, &cx, "erp_slow", json!({})).await })
        })
        .collect();
    world.backstage.wait_inside(1).await;
    contexts[0].cancel.cancel();
    let mut calls = calls.into_iter();
    calls.next().unwrap().await.unwrap().unwrap();
    world.backstage.gate.add_permits(1);
    for call in calls {
        call.await.unwrap().unwrap();
    }
    assert_eq!(world.backstage.stopped.load(Ordering::SeqCst), 0);
    let rows = world.trail().await;
    let count = |outcome| rows.iter().filter(|row| row.outcome == outcome).count();
    assert_eq!((count(Outcome::Cancelled), count(Outcome::Ok)), (1, 99));
}

#[tokio::test]
async fn when_all_leave_the_source_is_stopped() {
    let world = World::applied(&catalog(&["{name: slow, act: hold, cache: {ttl: 30s}}"])).await;
    let (handler, cx) = (world.handler(), world.cx(&member("ana")));
    let cancel = cx.cancel.clone();
    let running = tokio::spawn(async move { call(&handler, &cx, "erp_slow", json!({})).await });
    world.backstage.wait_inside(1).await;
    cancel.cancel();
    running.await.unwrap().unwrap();
    world.backstage.wait_inside(0).await;
    assert_eq!(world.backstage.stopped.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn the_scope_says_who_shares() {
    let tools = ["{name: own, cache: {ttl: 30s}}", "{name: all, cache: {ttl: 30s, scope: public}}"];
    let world = World::applied(&catalog(&tools)).await;
    for name in ["ana", "ben"] {
        let cx = world.cx(&member(name));
        assert_eq!(structure(&world.call(&cx, "erp_own", json!({})).await.unwrap())["caller"], name);
        assert_eq!(structure(&world.call(&cx, "erp_all", json!({})).await.unwrap())["caller"], "ana");
    }
    assert_eq!((world.backstage.count("own"), world.backstage.count("all")), (2, 1));
}

#[tokio::test]
async fn results_end_with_their_time_and_with_their_tool() {
    let world =
        World::applied(&catalog(&["{name: echo, cache: {ttl: 30s}}", "{name: down, act: fail, cache: {ttl: 30s}}"]))
            .await;
    let cx = world.cx(&member("ana"));
    let call = async || drop(world.call(&cx, "erp_echo", json!({})).await.unwrap());
    call().await;
    world.clock.advance(Duration::from_secs(29));
    call().await;
    assert_eq!(world.backstage.count("echo"), 1);
    world.clock.advance(Duration::from_secs(1));
    call().await;
    assert_eq!(world.backstage.count("echo"), 2);
    world.apply(&catalog(&["{name: echo, description: new, cache: {ttl: 30s}}"])).await.unwrap();
    call().await;
    assert_eq!(world.backstage.count("echo"), 3);
    for _ in 0..2 {
        assert!(world.call(&cx, "erp_down", json!({})).await.unwrap().is_error);
    }
    assert_eq!(world.backstage.count("down"), 2);
}

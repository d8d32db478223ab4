//! Calls that go on as tasks.

use std::{collections::BTreeMap, sync::Arc, sync::atomic::Ordering};

use puente_domain::Role;
use puente_gateway::{Actor, Caller};
use puente_mcp::{
    Client, ClientCapabilities, Era, Handler, InputMode, McpError, Outcome, RequestContext, handler::Event,
};
use rmcp::model::{TASKS_EXTENSION_ID, TaskStatus};
use serde_json::{Value, json};

use crate::world::{World, call, catalog, member, structure};

fn knowing_tasks(world: &World, actor: &Actor) -> RequestContext<Caller> {
    let mut cx = world.cx(actor);
    let mut capabilities = ClientCapabilities::default();
    capabilities.extensions = Some([(TASKS_EXTENSION_ID.to_owned(), serde_json::Map::new())].into());
    cx.client = Client::new(Era::Modern, InputMode::Rounds, Arc::new(capabilities), "test".into(), None);
    cx
}

async fn start(world: &World, cx: &RequestContext<Caller>, tool: &str) -> String {
    match call(&world.handler(), cx, tool, json!({})).await.unwrap() {
        Outcome::Task(task) => task.0.task_id,
        other => panic!("no task: {other:?}"),
    }
}

async fn get(world: &World, cx: &RequestContext<Caller>, id: &str) -> Value {
    serde_json::to_value(world.handler().get_task(cx, id).await.unwrap()).unwrap()
}

/// Waits for the task's next state.
async fn next(events: &mut tokio::sync::broadcast::Receiver<Event>) -> TaskStatus {
    loop {
        if let Event::Task(task) = events.recv().await.unwrap() {
            return task.0.status();
        }
    }
}

#[tokio::test]
async fn a_slow_call_goes_on_as_a_task_and_keeps_its_result() {
    let world = World::applied(&catalog(&["{name: slow, act: hold, task: optional}"])).await;
    let cx = knowing_tasks(&world, &member("ana"));
    let mut events = world.handler().events(&cx.caller);
    let id = start(&world, &cx, "erp_slow").await;
    assert_eq!(get(&world, &cx, &id).await["status"], "working");
    world.backstage.gate.add_permits(1);
    assert_eq!(next(&mut events).await, TaskStatus::Completed);
    let task = get(&world, &cx, &id).await;
    assert_eq!(task["result"]["structuredContent"]["caller"], "ana");
    assert_eq!(world.trail().await.len(), 1);
    let stranger = knowing_tasks(&world, &member("ben"));
    assert!(matches!(world.handler().get_task(&stranger, &id).await, Err(McpError::InvalidParams(_))));
    assert!(world.handler().cancel_task(&stranger, &id).await.is_err());
}

#[tokio::test]
async fn a_quick_call_is_answered_at_once_and_others_know_no_tasks() {
    let world = World::applied(&catalog(&["{name: echo, task: optional}", "{name: only, task: required}"])).await;
    let ana = member("ana");
    let cx = knowing_tasks(&world, &ana);
    assert_eq!(structure(&world.call(&cx, "erp_echo", json!({})).await.unwrap())["caller"], "ana");
    assert!(world.call(&world.cx(&ana), "erp_echo", json!({})).await.is_ok());
    let refused = world.call(&world.cx(&ana), "erp_only", json!({})).await;
    assert!(matches!(refused, Err(McpError::MissingCapability(_))), "{refused:?}");
}

#[tokio::test]
async fn a_cancelled_task_stops_inside_its_source() {
    let world = World::applied(&catalog(&["{name: slow, act: hold, task: optional}"])).await;
    let cx = knowing_tasks(&world, &member("ana"));
    let id = start(&world, &cx, "erp_slow").await;
    world.handler().cancel_task(&cx, &id).await.unwrap();
    assert_eq!(get(&world, &cx, &id).await["status"], "cancelled");
    world.backstage.wait_inside(0).await;
    assert_eq!(world.backstage.stopped.load(Ordering::SeqCst), 1);
    world.handler().cancel_task(&cx, &id).await.unwrap();
}

#[tokio::test]
async fn a_task_asks_and_goes_on_with_the_answers() {
    let world = World::applied(&catalog(&["{name: slow, act: hold-ask, task: optional}"])).await;
    let cx = knowing_tasks(&world, &member("ana"));
    let mut events = world.handler().events(&cx.caller);
    let id = start(&world, &cx, "erp_slow").await;
    world.backstage.gate.add_permits(1);
    assert_eq!(next(&mut events).await, TaskStatus::InputRequired);
    let task = get(&world, &cx, &id).await;
    assert_eq!(task["inputRequests"]["q"]["method"], "elicitation/create");
    let nonsense = BTreeMap::from([("other".to_owned(), json!(1))]);
    world.handler().update_task(&cx, &id, nonsense).await.unwrap();
    assert_eq!(get(&world, &cx, &id).await["status"], "input_required");
    let answer = BTreeMap::from([("q".to_owned(), json!({"action": "accept"}))]);
    world.handler().update_task(&cx, &id, answer).await.unwrap();
    assert_eq!(next(&mut events).await, TaskStatus::Working);
    assert_eq!(next(&mut events).await, TaskStatus::Completed);
    let task = get(&world, &cx, &id).await;
    assert_eq!(task["result"]["structuredContent"]["answers"]["q"]["action"], "accept");
}

#[tokio::test]
async fn a_task_whose_process_is_gone_has_failed() {
    let world = World::applied(&catalog(&["{name: slow, act: hold, task: optional}"])).await;
    let cx = knowing_tasks(&world, &crate::world::somebody("ana", Role::Member, &[]));
    let id = start(&world, &cx, "erp_slow").await;
    let next = world.another();
    next.start().await.unwrap();
    let task = get(&world, &cx, &id).await;
    assert_eq!(task["status"], "failed");
    assert!(task["error"]["message"].as_str().unwrap().contains("not known"));
    next.stop().await;
}

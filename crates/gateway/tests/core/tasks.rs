//! Calls that go on as tasks.

use std::{
    collections::BTreeMap,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use puente_domain::{Timestamp, audit::Outcome as Audited};
use puente_gateway::{Actor, Caller, Gateway, McpHandler, Settings, jobs::TaskRunner};
use puente_mcp::{
    Client, ClientCapabilities, Era, Handler, InputMode, McpError, Outcome, RequestContext, handler::Event,
};
use puente_queue::{Handlers, Worker, WorkerOptions};
use rmcp::model::{TASKS_EXTENSION_ID, TaskStatus};
use serde_json::{Value, json};
use tokio::sync::broadcast::Receiver;
use tokio_util::sync::CancellationToken;

use crate::world::{KEY, World, call, catalog, member, said, structure};

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
async fn next(events: &mut Receiver<Event>) -> TaskStatus {
    loop {
        if let Event::Task(task) = events.recv().await.unwrap() {
            return task.0.status();
        }
    }
}

/// A task of ana's that has asked her something.
async fn asking() -> (World, RequestContext<Caller>, Receiver<Event>, String) {
    let world = World::applied(&catalog(&["{name: slow, act: hold-ask, task: optional}"])).await;
    let cx = knowing_tasks(&world, &member("ana"));
    let mut events = world.handler().events(&cx.caller);
    let id = start(&world, &cx, "erp_slow").await;
    world.backstage.gate.add_permits(1);
    assert_eq!(next(&mut events).await, TaskStatus::InputRequired);
    (world, cx, events, id)
}

/// Answers it.
async fn accept(world: &World, cx: &RequestContext<Caller>, id: &str) {
    let answer = BTreeMap::from([("q".to_owned(), json!({"action": "accept"}))]);
    world.handler().update_task(cx, id, answer).await.unwrap();
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
async fn nobody_runs_more_tasks_at_once_than_they_may() {
    let world = World::with(Settings { max_tasks: 2, ..Settings::default() }).await;
    world.apply(&catalog(&["{name: slow, act: hold, task: optional}"])).await.unwrap();
    let (ana, ben) = (knowing_tasks(&world, &member("ana")), knowing_tasks(&world, &member("ben")));
    let first = start(&world, &ana, "erp_slow").await;
    start(&world, &ana, "erp_slow").await;
    let refused = world.call(&ana, "erp_slow", json!({})).await.unwrap();
    assert!(refused.is_error && said(&refused).contains("2 of your calls run as tasks"), "{refused:?}");
    assert_eq!(world.backstage.count("slow"), 2);
    assert_eq!(world.trail().await[0].outcome, Audited::Limited);
    start(&world, &ben, "erp_slow").await;

    world.handler().cancel_task(&ana, &first).await.unwrap();
    // Its place is free a moment after its source has stopped.
    while !matches!(call(&world.handler(), &ana, "erp_slow", json!({})).await.unwrap(), Outcome::Task(_)) {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_task_without_a_limit_of_its_own_ends_all_the_same() {
    let world = World::with(Settings { task_timeout: Duration::from_secs(1), ..Settings::default() }).await;
    world.apply(&catalog(&["{name: slow, act: hold, task: optional}"])).await.unwrap();
    let cx = knowing_tasks(&world, &member("ana"));
    let mut events = world.handler().events(&cx.caller);
    let id = start(&world, &cx, "erp_slow").await;
    assert_eq!(next(&mut events).await, TaskStatus::Completed);
    let task = get(&world, &cx, &id).await;
    assert_eq!(task["result"]["isError"], true);
    assert!(task["result"]["content"][0]["text"].as_str().unwrap().contains("took longer"), "{task}");
}

#[tokio::test]
async fn a_client_that_leaves_at_once_leaves_nothing_behind() {
    let world = World::applied(&catalog(&["{name: slow, act: hold, task: optional}"])).await;
    let cx = knowing_tasks(&world, &member("ana"));
    let (handler, backstage) = (world.handler(), world.backstage.clone());
    tokio::select! {
        biased;
        answer = call(&handler, &cx, "erp_slow", json!({})) => panic!("{answer:?}"),
        () = backstage.wait_inside(1) => {}
    }
    world.backstage.wait_inside(0).await;
    assert_eq!(world.backstage.stopped.load(Ordering::SeqCst), 1);
}

const OTHER: &str = "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff000102030405060708090a0b0c0d0e0f";

/// What lies in the row of a task.
async fn stored(world: &World, id: &str) -> String {
    let record = world.storage.read().await.unwrap().tasks().by_id(id.parse().unwrap()).await.unwrap().unwrap();
    format!("{:?}{:?}", record.payload, record.answers)
}

#[tokio::test]
async fn questions_answers_and_results_are_sealed_and_outlive_a_new_key() {
    let (world, cx, mut events, id) = asking().await;
    assert!(!stored(&world, &id).await.contains("elicitation"));
    accept(&world, &cx, &id).await;
    assert_eq!(next(&mut events).await, TaskStatus::Working);
    assert_eq!(next(&mut events).await, TaskStatus::Completed);
    assert!(!stored(&world, &id).await.contains("accept"));
    let rotated = McpHandler(world.with_keys(&[OTHER, KEY]));
    let task = serde_json::to_value(rotated.get_task(&cx, &id).await.unwrap()).unwrap();
    assert_eq!(task["result"]["structuredContent"]["answers"]["q"]["action"], "accept");
    let without = McpHandler(world.with_keys(&[OTHER]));
    assert_eq!(without.get_task(&cx, &id).await.unwrap_err(), McpError::Internal);
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
    let (world, cx, mut events, id) = asking().await;
    let task = get(&world, &cx, &id).await;
    assert_eq!(task["inputRequests"]["q"]["method"], "elicitation/create");
    let nonsense = BTreeMap::from([("other".to_owned(), json!(1))]);
    world.handler().update_task(&cx, &id, nonsense).await.unwrap();
    assert_eq!(get(&world, &cx, &id).await["status"], "input_required");
    accept(&world, &cx, &id).await;
    assert_eq!(next(&mut events).await, TaskStatus::Working);
    assert_eq!(next(&mut events).await, TaskStatus::Completed);
    let task = get(&world, &cx, &id).await;
    assert_eq!(task["result"]["structuredContent"]["answers"]["q"]["action"], "accept");
}

/// Another process on the same database, which takes over what nobody prolongs.
async fn another_worker(world: &World) -> (Arc<Gateway>, CancellationToken) {
    let another = world.another();
    let runner = TaskRunner(Arc::downgrade(&another));
    another.queue().register(Handlers::default().with(runner));
    another.start().await.unwrap();
    let stop = CancellationToken::new();
    let options = WorkerOptions { poll: Duration::from_millis(10), ..WorkerOptions::default() };
    tokio::spawn(Worker::new(another.queue().clone(), options).run(stop.clone()));
    (another, stop)
}

/// As if the process that executes it had died: its lease ends.
async fn lose(world: &World, id: &str) {
    let mut tx = world.storage.write().await.unwrap();
    let job = tx.jobs().get(id.parse().unwrap()).await.unwrap().unwrap();
    assert!(!job.payload.contains("arguments"), "{}", job.payload);
    tx.jobs().renew(&job.holder.unwrap(), Timestamp::from_micros(0)).await.unwrap();
    tx.save().await.unwrap();
}

async fn wait_for(world: &World, cx: &RequestContext<Caller>, id: &str, status: &str) -> Value {
    loop {
        let task = get(world, cx, id).await;
        if task["status"] == status {
            return task;
        }
        assert_eq!(task["status"], "working", "{task}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_task_whose_process_is_gone_has_failed_and_is_not_run_again() {
    let world = World::applied(&catalog(&["{name: slow, act: hold, task: optional, writes: true}"])).await;
    let cx = knowing_tasks(&world, &member("ana"));
    let id = start(&world, &cx, "erp_slow").await;
    let (another, stop) = another_worker(&world).await;
    assert_eq!(get(&world, &cx, &id).await["status"], "working", "the start of another process ends nothing");
    lose(&world, &id).await;
    let task = wait_for(&world, &cx, &id, "failed").await;
    assert!(task["error"]["message"].as_str().unwrap().contains("not known"));
    // What its process reports later is dropped.
    world.backstage.gate.add_permits(1);
    world.backstage.wait_inside(0).await;
    assert_eq!(get(&world, &cx, &id).await["status"], "failed");
    assert_eq!(world.backstage.count("slow"), 1);
    stop.cancel();
    another.stop().await;
}

#[tokio::test]
async fn a_task_that_may_run_twice_does_when_its_process_is_gone() {
    let world = World::applied(&catalog(&["{name: slow, act: hold, task: optional}"])).await;
    let cx = knowing_tasks(&world, &world.account("ana@example.com").await);
    let id = start(&world, &cx, "erp_slow").await;
    let (another, stop) = another_worker(&world).await;
    lose(&world, &id).await;
    world.backstage.wait_inside(2).await;
    world.backstage.gate.add_permits(2);
    let task = wait_for(&world, &cx, &id, "completed").await;
    assert_eq!(task["result"]["structuredContent"]["caller"], "ana@example.com");
    assert_eq!(world.backstage.count("slow"), 2);
    stop.cancel();
    another.stop().await;
}

#[tokio::test]
async fn requests_reach_a_task_wherever_it_runs() {
    let (world, cx, _, id) = asking().await;
    // The bus of this test does not reach the other process, so its rows must do.
    let another = world.another();
    another.start().await.unwrap();
    let elsewhere = McpHandler(another.clone());
    let answer = BTreeMap::from([("q".to_owned(), json!({"action": "accept"}))]);
    elsewhere.update_task(&cx, &id, answer).await.unwrap();
    let task = wait_for(&world, &cx, &id, "completed").await;
    assert_eq!(task["result"]["structuredContent"]["answers"]["q"]["action"], "accept");

    let id = start(&world, &cx, "erp_slow").await;
    elsewhere.cancel_task(&cx, &id).await.unwrap();
    assert_eq!(get(&world, &cx, &id).await["status"], "cancelled");
    let (worker, stop) =
        (Worker::new(world.gateway.queue().clone(), WorkerOptions::default()), CancellationToken::new());
    let worker = tokio::spawn(worker.run(stop.clone()));
    world.backstage.wait_inside(0).await;
    assert_eq!(world.backstage.stopped.load(Ordering::SeqCst), 1);
    stop.cancel();
    worker.await.unwrap();
    another.stop().await;
}

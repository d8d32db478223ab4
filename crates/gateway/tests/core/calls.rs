//! The life of a call.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use puente_domain::{FamilyId, Principal, Role, audit::Outcome};
use puente_gateway::{Actor, Settings};
use puente_mcp::{CallTool, Era, Handler, Inputs, ListRequest, McpError};
use serde_json::{Value, json, value::RawValue};

use crate::world::{World, call, catalog, context, member, parsed, said, somebody, structure};

#[tokio::test]
async fn a_call_reaches_its_source_and_is_recorded() {
    let world = World::applied(&catalog(&["{name: echo, audit_arguments: true}"])).await;
    let cx = world.cx(&member("ana"));
    let result = world.call(&cx, "erp_echo", json!({"b": 1, "a": "x", "password": "p"})).await.unwrap();
    assert_eq!(structure(&result)["caller"], "ana");
    assert_eq!(structure(&result)["arguments"]["a"], "x");
    let rows = world.trail().await;
    let row = &rows[0];
    assert_eq!((row.target.as_str(), row.outcome, row.principal.as_str()), ("erp.echo", Outcome::Ok, "ana"));
    assert_eq!(row.server.as_deref(), Some("main"));
    assert_eq!(row.arguments.as_deref(), Some(r#"{"b":1,"a":"x","password":"[redacted]"}"#));
    assert_eq!(row.arguments_hash.as_ref().map(String::len), Some(64));
    assert!(row.bytes > 0 && row.duration_us >= row.source_us && !row.cached);
}

#[tokio::test]
async fn wrong_arguments_are_a_tool_error_that_names_the_field() {
    let schema = "{type: object, additionalProperties: false, required: [id], properties: {id: {type: integer}}}";
    let world = World::applied(&catalog(&[&format!("{{name: echo, schema: {schema}}}")])).await;
    let cx = world.cx(&member("ana"));
    for (arguments, expected) in [
        (json!({}), "`id` is missing"),
        (json!({"id": "7"}), "`id`: \"7\" is not of type \"integer\""),
        (json!({"id": 7, "x": 1}), "there is no argument `x`; the arguments are `id`"),
    ] {
        let result = world.call(&cx, "erp_echo", arguments).await.unwrap();
        assert!(result.is_error && said(&result).contains(expected), "{}", said(&result));
    }
    assert_eq!(world.backstage.count("echo"), 0);
    let rows = world.trail().await;
    assert!(rows.iter().all(|row| row.outcome == Outcome::Error && row.target == "erp.echo"));
    assert_eq!(rows.len(), 3);
}

#[tokio::test]
async fn refusals_are_recorded_and_look_like_absence() {
    let world = World::applied(&catalog(&["{name: echo}", "{name: write, writes: true}"])).await;
    let reader = world.cx(&somebody("reader", Role::Member, &["mcp:read"]));
    assert_eq!(world.tools(&reader).await, ["erp_echo"]);
    let refused = world.call(&reader, "erp_write", json!({})).await;
    assert_eq!(refused.unwrap_err(), McpError::UnknownTool("erp_write".to_owned()));
    let unknown = world.call(&reader, "nul\0l", json!({})).await;
    assert!(matches!(unknown, Err(McpError::UnknownTool(_))));
    assert!(world.call(&reader, "erp_echo", json!({})).await.is_ok());
    let rows = world.trail().await;
    let seen: Vec<_> = rows.iter().map(|row| (row.target.as_str(), row.outcome)).collect();
    let expected = [("erp_write", Outcome::Refused), ("nul\u{fffd}l", Outcome::Refused), ("erp.echo", Outcome::Ok)];
    assert_eq!(seen, expected);
    assert_eq!(world.backstage.count("write"), 0);
}

/// A client with a person's consent to read learns that there is more to ask for; what nobody has is not there.
#[tokio::test]
async fn a_connected_client_is_told_to_ask_for_more() {
    let world = World::applied(&catalog(&["{name: echo}", "{name: write, writes: true}"])).await;
    let reader = somebody("reader", Role::Member, &["mcp:read"]);
    let principal = Principal { connection: Some(FamilyId::new()), ..(*reader.principal).clone() };
    let cx = world.cx(&Actor { principal: Arc::new(principal), ..reader });
    let refused = world.call(&cx, "erp_write", json!({})).await;
    assert_eq!(refused.unwrap_err(), McpError::InsufficientScope("erp_write".to_owned()));
    assert_eq!(
        world.call(&cx, "erp_nothing", json!({})).await.unwrap_err(),
        McpError::UnknownTool("erp_nothing".to_owned())
    );
    assert_eq!(world.backstage.count("write"), 0);
    assert!(world.trail().await.iter().all(|row| row.outcome == Outcome::Refused));
}

#[tokio::test]
async fn who_may_enter_which_virtual_server() {
    let yaml = catalog(&["{name: echo}"])
        + "  - name: closed\n    include: [erp.*]\n  - name: free\n    include: [erp.*]\n    open: true\n";
    let world = World::applied(&yaml).await;
    let nobody = Actor { principal: Arc::new(Principal::anonymous()), ..member("nobody") };
    let admin = somebody("root", Role::Admin, &[]);
    let only_main = somebody("key", Role::Admin, &["server:main"]);
    let table = [
        ("main", [false, true, true, true]),
        ("closed", [false, false, true, false]),
        ("free", [true, true, true, false]),
        ("default", [false, false, true, false]),
        ("nothing", [false, false, false, false]),
    ];
    for (server, expected) in table {
        let callers = [&nobody, &member("ana"), &admin, &only_main];
        let entered = callers.map(|actor| world.cx_on(actor, server).is_ok());
        assert_eq!(entered, expected, "{server}");
    }
}

#[tokio::test]
async fn errors_of_a_source_become_tool_errors_without_their_causes() {
    let world = World::applied(&catalog(&["{name: down, act: fail}", "{name: no, act: crash}"])).await;
    let cx = world.cx(&member("ana"));
    let result = world.call(&cx, "erp_down", json!({})).await.unwrap();
    assert!(result.is_error);
    assert_eq!(said(&result), "source 'erp' is not available: the database does not answer");
    let error = world.call(&cx, "erp_no", json!({})).await.unwrap_err();
    assert_eq!(error, McpError::InvalidParams("upstream says no".to_owned()));
}

#[tokio::test]
async fn a_cancelled_call_is_stopped_inside_its_source() {
    let world = World::applied(&catalog(&["{name: slow, act: hold}"])).await;
    let cx = world.cx(&member("ana"));
    let (handler, context, cancel) = (world.handler(), cx.clone(), cx.cancel.clone());
    let running = tokio::spawn(async move { call(&handler, &context, "erp_slow", json!({})).await });
    world.backstage.wait_inside(1).await;
    cancel.cancel();
    running.await.unwrap().unwrap();
    assert_eq!(world.backstage.stopped.load(Ordering::SeqCst), 1);
    assert_eq!(world.trail().await[0].outcome, Outcome::Cancelled);
}

#[tokio::test]
async fn a_call_whose_future_is_dropped_is_recorded() {
    let world = World::applied(&catalog(&["{name: slow, act: hold}", "{name: write, act: hold, writes: true}"])).await;
    for tool in ["erp_slow", "erp_write"] {
        let (handler, cx) = (world.handler(), world.cx(&member("ana")));
        let running = tokio::spawn(async move { call(&handler, &cx, tool, json!({})).await });
        world.backstage.wait_inside(1).await;
        running.abort();
        world.backstage.wait_inside(0).await;
        assert!(running.await.unwrap_err().is_cancelled());
    }
    let rows = world.trail().await;
    assert_eq!(rows[0].outcome, Outcome::Cancelled);
    assert_eq!(rows[1].outcome, Outcome::Unknown);
    assert!(rows[1].detail.as_deref().unwrap().contains("not known"));
}

#[tokio::test]
async fn a_source_that_does_not_stop_is_left_after_the_deadline() {
    let world = World::applied(&catalog(&["{name: stuck, act: stubborn, timeout: 20ms}"])).await;
    let result = world.call(&world.cx(&member("ana")), "erp_stuck", json!({})).await.unwrap();
    assert!(result.is_error);
    assert_eq!(said(&result), "the call took longer than 20 ms and was stopped");
    assert_eq!(world.trail().await[0].outcome, Outcome::TimedOut);
}

#[tokio::test]
async fn a_rate_limit_counts_per_caller_and_says_when_to_come_back() {
    let world = World::applied(&catalog(&["{name: echo, rate: {calls: 2, per: 1h}}"])).await;
    let (ana, ben) = (world.cx(&member("ana")), world.cx(&member("ben")));
    for _ in 0..2 {
        world.call(&ana, "erp_echo", json!({})).await.unwrap();
    }
    let limited = world.call(&ana, "erp_echo", json!({})).await;
    assert!(matches!(limited, Err(McpError::Limited { retry_after_secs: 1..=1801 })), "{limited:?}");
    world.call(&ben, "erp_echo", json!({})).await.unwrap();
    let outcomes: Vec<_> = world.trail().await.iter().map(|row| row.outcome).collect();
    assert_eq!(outcomes, [Outcome::Ok, Outcome::Ok, Outcome::Limited, Outcome::Ok]);
}

#[tokio::test]
async fn concurrency_is_limited_with_a_bounded_wait() {
    let settings = Settings { concurrency_wait: Duration::from_millis(20), ..Settings::default() };
    let world = World::with(settings).await;
    world.apply(&catalog(&["{name: slow, act: hold, concurrency: 1}"])).await.unwrap();
    let (handler, cx) = (world.handler(), world.cx(&member("ana")));
    let running = tokio::spawn(async move { call(&handler, &cx, "erp_slow", json!({})).await });
    world.backstage.wait_inside(1).await;
    let second = world.call(&world.cx(&member("ben")), "erp_slow", json!({})).await;
    assert!(matches!(second, Err(McpError::Limited { .. })), "{second:?}");
    world.backstage.gate.add_permits(2);
    running.await.unwrap().unwrap();
    assert!(world.call(&world.cx(&member("ben")), "erp_slow", json!({})).await.is_ok());
}

#[tokio::test]
async fn the_cap_on_calls_in_flight_holds_over_all_callers() {
    let world = World::with(Settings { max_calls: 1, ..Settings::default() }).await;
    world.apply(&catalog(&["{name: slow, act: hold}", "{name: echo}"])).await.unwrap();
    let (handler, cx) = (world.handler(), world.cx(&member("ana")));
    let running = tokio::spawn(async move { call(&handler, &cx, "erp_slow", json!({})).await });
    world.backstage.wait_inside(1).await;
    let second = world.call(&world.cx(&member("ben")), "erp_echo", json!({})).await;
    assert_eq!(second.unwrap_err(), McpError::Limited { retry_after_secs: 1 });
    world.backstage.gate.add_permits(1);
    running.await.unwrap().unwrap();
}

#[tokio::test]
async fn legacy_clients_get_objects_modern_ones_what_there_is() {
    let list =
        "{name: names, act: list, output: {type: array, items: {$ref: '#/$defs/n'}, $defs: {n: {type: string}}}}";
    let world = World::applied(&catalog(&[list])).await;
    let caller = world.cx(&member("ana")).caller;
    for (era, expected) in [(Era::Legacy, json!({"result": ["a", "b"]})), (Era::Modern, json!(["a", "b"]))] {
        let cx = context(caller.clone(), era);
        let result = world.call(&cx, "erp_names", json!({})).await.unwrap();
        assert_eq!(structure(&result), expected);
        let page = world.handler().list(&cx, ListRequest::Tools, None).await.unwrap();
        let schema = parsed(&page.items[0])["outputSchema"].clone();
        assert!(jsonschema::validator_for(&schema).unwrap().is_valid(&expected), "{schema}");
        assert_eq!(schema["type"] == "object", era == Era::Legacy);
    }
}

#[tokio::test]
async fn a_mirrored_header_must_match() {
    let tool = "{name: echo, schema: {type: object, properties: {region: {type: string, x-mcp-header: Region}}}}";
    let world = World::applied(&catalog(&[tool])).await;
    let cx = world.cx(&member("ana"));
    let raw = RawValue::from_string(json!({"region": "eu"}).to_string()).unwrap();
    let with =
        |header_params| CallTool { name: "erp_echo", arguments: Some(&raw), inputs: Inputs::default(), header_params };
    let header = |value: &str| Some(vec![("region".to_owned(), value.to_owned())]);
    assert!(world.handler().call_tool(&cx, with(header("eu"))).await.is_ok());
    assert!(world.handler().call_tool(&cx, with(None)).await.is_ok());
    for wrong in [header("us"), Some(Vec::new())] {
        assert!(matches!(world.handler().call_tool(&cx, with(wrong)).await, Err(McpError::Raw(_))));
    }
}

#[tokio::test]
async fn hints_follow_from_what_a_tool_may_do() {
    let read = "{name: read, title: Read, annotations: {readOnlyHint: false, openWorldHint: true}}";
    let world = World::applied(&catalog(&[read, "{name: write, writes: true}"])).await;
    let page = world.handler().list(&world.cx(&member("ana")), ListRequest::Tools, None).await.unwrap();
    let tools: Vec<Value> = page.items.iter().map(|item| parsed(item)).collect();
    assert_eq!(tools[0]["annotations"], json!({"readOnlyHint": true, "openWorldHint": true}));
    assert_eq!(tools[0]["title"], "Read");
    let hints = json!({"readOnlyHint": false, "destructiveHint": true, "idempotentHint": false});
    assert_eq!(tools[1]["annotations"], hints);
}

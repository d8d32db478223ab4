//! Tools that lead to others: `search_tools`, `describe_tool`, `call_tool`.

use std::time::Duration;

use puente_domain::{Role, audit};
use puente_mcp::{CallTool, Era, Handler, Inputs, ListRequest, McpError, Outcome, handler::Event};
use serde_json::{Value, json, value::RawValue};

use crate::world::{World, call, catalog, context, member, parsed, said, somebody, structure};

const GUIDES: [&str; 3] = ["call_tool", "describe_tool", "search_tools"];

const TOOLS: [&str; 4] = [
    "{name: search_expenses, description: Expenses of a company., schema: {type: object, required: [company], \
     properties: {company: {type: integer}}}}",
    "{name: pay_invoice, description: Pays an invoice., writes: true}",
    "{name: list_invoices, description: Open invoices., title: Invoices, rate: {calls: 1, per: 1h}}",
    "{name: numbers, act: list, output: {type: array}}",
];

fn discovering(how: &str) -> String {
    catalog(&TOOLS).replace("    include: [erp.*]", &format!("    include: [erp.*]\n    discovery: {how}"))
}

async fn search(world: &World, name: &str, scopes: &[&str], query: &str) -> Vec<String> {
    let cx = world.cx(&somebody(name, Role::Member, scopes));
    let found = structure(&world.call(&cx, "search_tools", json!({"query": query})).await.unwrap());
    let names: Vec<String> =
        found["tools"].as_array().unwrap().iter().map(|tool| tool["name"].as_str().unwrap().to_owned()).collect();
    assert_eq!(found["total"], names.len());
    names
}

#[tokio::test]
async fn they_are_listed_instead_of_the_tools_or_beside_them() {
    let all = ["erp_list_invoices", "erp_numbers", "erp_pay_invoice", "erp_search_expenses"];
    for (how, expected) in
        [("off", all.to_vec()), ("instead", GUIDES.to_vec()), ("beside", [&GUIDES[..], &all[..]].concat())]
    {
        let world = World::applied(&discovering(how)).await;
        assert_eq!(world.tools(&world.cx(&member("ana"))).await, expected, "{how}");
    }
}

#[tokio::test]
async fn beside_many_pages_they_come_once() {
    let tools: Vec<String> = (0..600).map(|index| format!("{{name: t{index:03}}}")).collect();
    let tools: Vec<&str> = tools.iter().map(String::as_str).collect();
    let yaml = catalog(&tools).replace("    grants:", "    discovery: beside\n    grants:");
    let world = World::applied(&yaml).await;
    let cx = world.cx(&member("ana"));
    let (mut names, mut cursor) = (Vec::new(), None);
    loop {
        let page = world.handler().list(&cx, ListRequest::Tools, cursor.as_deref()).await.unwrap();
        names.extend(page.items.iter().map(|item| parsed(item)["name"].as_str().unwrap().to_owned()));
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    let expected = GUIDES.iter().map(ToString::to_string).chain((0..600).map(|index| format!("erp_t{index:03}")));
    assert_eq!(names, expected.collect::<Vec<_>>());
}

#[tokio::test]
async fn what_is_found_can_be_described_and_called() {
    let world = World::applied(&discovering("instead")).await;
    let cx = world.cx(&member("ana"));
    assert_eq!(search(&world, "ana", &[], "company expenses").await, ["erp_search_expenses"]);
    assert_eq!(search(&world, "ana", &[], "invoice").await, ["erp_pay_invoice", "erp_list_invoices"]);
    assert_eq!(search(&world, "ana", &[], "ERP_LIST_INVOICES").await[0], "erp_list_invoices");
    assert_eq!(search(&world, "ana", &[], "weather").await, Vec::<String>::new());
    let described = structure(&world.call(&cx, "describe_tool", json!({"name": "erp_search_expenses"})).await.unwrap());
    assert_eq!(described["inputSchema"]["required"], json!(["company"]));
    assert_eq!(described["annotations"]["readOnlyHint"], true);
    let arguments = json!({"name": "erp_search_expenses", "arguments": {"company": 7}});
    let result = world.call(&cx, "call_tool", arguments).await.unwrap();
    assert_eq!(structure(&result), json!({"arguments": {"company": 7}, "caller": "ana"}));
    // Who knows a tool's name needs no guide.
    assert!(world.call(&cx, "erp_search_expenses", json!({"company": 7})).await.is_ok());
}

#[tokio::test]
async fn an_empty_query_goes_through_everything() {
    let world = World::applied(&discovering("instead")).await;
    let cx = world.cx(&member("ana"));
    let page = async |limit: u64, offset: u64| {
        let arguments = json!({"query": " ", "limit": limit, "offset": offset});
        structure(&world.call(&cx, "search_tools", arguments).await.unwrap())
    };
    let (first, second) = (page(3, 0).await, page(3, 3).await);
    assert_eq!((&first["total"], &second["total"]), (&json!(4), &json!(4)));
    assert_eq!(first["tools"].as_array().unwrap().len(), 3);
    assert_eq!(
        first["tools"][0],
        json!({
            "name": "erp_list_invoices", "title": "Invoices", "description": "Open invoices.", "read_only": true
        })
    );
    assert_eq!(second["tools"][0]["name"], "erp_search_expenses");
}

#[tokio::test]
async fn nobody_finds_what_it_may_not_call() {
    let world = World::applied(&discovering("instead")).await;
    assert_eq!(search(&world, "ana", &["mcp"], "pay").await, ["erp_pay_invoice"]);
    assert_eq!(search(&world, "ben", &["mcp:read"], "pay").await, Vec::<String>::new());
    let cx = world.cx(&somebody("ben", Role::Member, &["mcp:read"]));
    for guide in ["describe_tool", "call_tool"] {
        let refused = world.call(&cx, guide, json!({"name": "erp_pay_invoice"})).await.unwrap();
        assert!(refused.is_error && said(&refused).contains("no tool `erp_pay_invoice`"), "{}", said(&refused));
    }
    assert_eq!(world.backstage.count("pay_invoice"), 0);
}

#[tokio::test]
async fn what_calls_can_do_is_said() {
    let world = World::applied(&discovering("instead")).await;
    for (scope, changes_nothing) in [("mcp", false), ("mcp:read", true)] {
        let cx = world.cx(&somebody("ana", Role::Member, &[scope]));
        let page = world.handler().list(&cx, ListRequest::Tools, None).await.unwrap();
        let tools: Vec<Value> = page.items.iter().map(|item| parsed(item)).collect();
        let hints: Vec<_> = tools.iter().map(|tool| tool["annotations"]["readOnlyHint"].clone()).collect();
        assert_eq!(hints, [json!(changes_nothing), json!(true), json!(true)], "{scope}");
    }
}

#[tokio::test]
async fn a_call_through_a_guide_is_a_call_like_every_other() {
    let world = World::applied(&discovering("instead")).await;
    let cx = world.cx(&member("ana"));
    let inner = async |name: &str, arguments: Value| {
        world.call(&cx, "call_tool", json!({"name": name, "arguments": arguments})).await
    };
    let invalid = inner("erp_search_expenses", json!({"company": "x"})).await.unwrap();
    assert!(invalid.is_error && said(&invalid).contains("`company`"), "{}", said(&invalid));
    inner("erp_pay_invoice", json!({})).await.unwrap();
    inner("erp_list_invoices", json!({})).await.unwrap();
    let limited = inner("erp_list_invoices", json!({})).await;
    assert!(matches!(limited, Err(McpError::Limited { .. })), "{limited:?}");
    let nested = inner("call_tool", json!({"name": "erp_numbers"})).await.unwrap();
    assert!(nested.is_error && said(&nested).contains("no tool `call_tool`"), "{}", said(&nested));
    world.call(&cx, "search_tools", json!({"query": "invoice"})).await.unwrap();
    let rows: Vec<_> = world.trail().await.into_iter().map(|row| (row.target, row.outcome)).collect();
    assert_eq!(
        rows,
        [
            ("erp.search_expenses".to_owned(), audit::Outcome::Error),
            ("erp.pay_invoice".to_owned(), audit::Outcome::Ok),
            ("erp.list_invoices".to_owned(), audit::Outcome::Ok),
            ("erp.list_invoices".to_owned(), audit::Outcome::Limited),
            ("call_tool".to_owned(), audit::Outcome::Refused),
            ("search_tools".to_owned(), audit::Outcome::Ok),
        ]
    );
}

#[tokio::test]
async fn each_era_gets_its_results() {
    let world = World::applied(&discovering("instead")).await;
    for (era, schema, result) in
        [(Era::Legacy, "object", json!({"result": ["a", "b"]})), (Era::Modern, "array", json!(["a", "b"]))]
    {
        let cx = context(world.cx(&member("ana")).caller, era);
        let described = world.call(&cx, "describe_tool", json!({"name": "erp_numbers"})).await.unwrap();
        assert_eq!(structure(&described)["outputSchema"]["type"], schema);
        let called = world.call(&cx, "call_tool", json!({"name": "erp_numbers"})).await.unwrap();
        assert_eq!(structure(&called), result);
    }
}

#[tokio::test]
async fn wrong_arguments_are_explained() {
    let world = World::applied(&discovering("instead")).await;
    let cx = world.cx(&member("ana"));
    for (guide, arguments, expected) in [
        ("search_tools", json!({}), "`query` is missing"),
        ("search_tools", json!({"query": "x", "limit": 51}), "`limit`: 51 is greater"),
        ("describe_tool", json!({"tool": "x"}), "the arguments are `name`"),
        ("call_tool", json!({"arguments": {}}), "`name` is missing"),
        ("call_tool", json!({"name": "erp_numbers", "args": {}}), "no argument `args`"),
        ("call_tool", json!({"name": 1}), "`name`: 1 is not of type"),
        ("call_tool", json!({"name": "erp_numbers", "arguments": "{}"}), "arguments"),
        ("call_tool", json!({"name": "numbers"}), "`search_tools` finds"),
    ] {
        let result = world.call(&cx, guide, arguments.clone()).await.unwrap();
        assert!(result.is_error && said(&result).contains(expected), "{guide} {arguments}: {}", said(&result));
    }
}

#[tokio::test]
async fn a_tool_that_asks_is_answered_through_the_guide() {
    let yaml = catalog(&["{name: sure, act: ask}"]).replace("    grants:", "    discovery: instead\n    grants:");
    let world = World::applied(&yaml).await;
    let (handler, cx) = (world.handler(), world.cx(&member("ana")));
    let asked = call(&handler, &cx, "call_tool", json!({"name": "erp_sure"})).await.unwrap();
    let Outcome::InputRequired(required) = asked else { panic!("{asked:?}") };
    let inputs = Inputs { responses: [("q".to_owned(), json!({"action": "accept"}))].into(), state: required.state };
    let raw = RawValue::from_string(json!({"name": "erp_sure"}).to_string()).unwrap();
    let again = CallTool { name: "call_tool", arguments: Some(&raw), inputs, header_params: None };
    let Outcome::Complete(result) = handler.call_tool(&cx, again).await.unwrap() else { panic!("not complete") };
    assert_eq!(structure(&result)["answers"]["q"]["action"], "accept");
}

#[tokio::test]
async fn other_tools_may_not_be_called_like_them() {
    let yaml = catalog(&["{name: search_tools}"]);
    let bare =
        |how: &str| yaml.replace("    grants:", &format!("    prefix: false\n    discovery: {how}\n    grants:"));
    let world = World::applied(&bare("off")).await;
    let refused = world.apply(&bare("beside")).await.unwrap_err().to_string();
    assert!(refused.contains("`search_tools`") && refused.contains("`discovery`"), "{refused}");
    // What a source offers by itself is known only later.
    let world = World::applied(&bare("instead").replace("name: search_tools", "name: other")).await;
    world.backstage.surprise.send_replace(Some("describe_tool"));
    world.gateway.reload().await.unwrap();
    let cx = world.cx(&member("ana"));
    assert_eq!(search(&world, "ana", &[], "").await, ["other"]);
    let described = world.call(&cx, "describe_tool", json!({"name": "other"})).await.unwrap();
    assert_eq!(structure(&described)["name"], "other");
}

#[tokio::test]
async fn a_list_that_stays_the_same_is_not_announced() {
    let world = World::applied(&discovering("instead")).await;
    let cx = world.cx(&member("ana"));
    let mut events = world.handler().events(&cx.caller);
    world.apply(&discovering("instead").replace("Open invoices.", "Invoices that are open.")).await.unwrap();
    assert!(events.try_recv().is_err());
    world.apply(&discovering("beside")).await.unwrap();
    let told = tokio::time::timeout(Duration::from_secs(10), events.recv()).await.unwrap().unwrap();
    assert_eq!(told, Event::ToolsChanged);
    let found = structure(&world.call(&cx, "search_tools", json!({"query": "open invoices"})).await.unwrap());
    assert_eq!(found["tools"][0]["name"], "erp_list_invoices");
}

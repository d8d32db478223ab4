//! Official clients on the sample: they list, call, read and get, over HTTP with a key and over stdio, in every mode.
//! What they receive is valid by its schema and equals the database's rows.

mod sample;

use puente_tests::{
    Site,
    official::{Language, Plan, Report, inspector},
};
use serde_json::{Value, json};

use sample::CALLS;

/// The clients' modes, with the revision that must come of each.
const MODES: [(&str, &str); 3] = [("legacy", "2025-11-25"), ("auto", "2026-07-28"), ("2026-07-28", "2026-07-28")];

const GLOSSARY: &str = "erp://glossary";

fn all_steps(mut plan: Plan) -> Plan {
    plan = plan.step("tools/list", json!({}));
    for call in CALLS {
        plan = plan.step("tools/call", json!({"name": call.tool, "arguments": call.arguments()}));
    }
    plan.step("resources/list", json!({}))
        .step("resources/read", json!({"uri": GLOSSARY}))
        .step("prompts/list", json!({}))
        .step(
            "prompts/get",
            json!({"name": "erp_monthly_report", "arguments": {"company": "Acme", "month": "2026-01"}}),
        )
        .step("tools/call", json!({"name": "erp_no_such_tool", "arguments": {}}))
        .step("tools/call", json!({"name": "erp_get_expense", "arguments": {"id": "seven"}}))
        .step("resources/read", json!({"uri": "erp://nothing"}))
}

fn check_report(report: &Report, site: &Site, revision: &str) {
    assert_eq!(report.protocol, revision);
    let tools = &report.result(0)["tools"];
    for (index, call) in CALLS.iter().enumerate() {
        call.check(report.result(index + 1), tools, site);
    }
    let rest = CALLS.len() + 1;
    assert_eq!(names(&report.result(rest)["resources"], "uri"), [GLOSSARY]);
    let glossary = report.result(rest + 1)["contents"][0]["text"].as_str().unwrap();
    assert!(glossary.starts_with("# Glossary"), "{glossary}");
    assert_eq!(names(&report.result(rest + 2)["prompts"], "name"), ["erp_monthly_report"]);
    let prompt = report.result(rest + 3)["messages"][0]["content"]["text"].as_str().unwrap();
    assert!(prompt.contains("Acme for 2026-01"), "{prompt}");
    assert_eq!(report.answers[rest + 4]["error"]["code"], -32602, "{}", report.answers[rest + 4]);
    let wrong = report.result(rest + 5);
    assert_eq!(wrong["isError"], true, "{wrong}");
    assert!(wrong["content"][0]["text"].as_str().unwrap().contains("id"), "{wrong}");
    // The TypeScript client tells the older code as the newer one.
    let unknown = &report.answers[rest + 6]["error"]["code"];
    assert!(*unknown == -32602 || (revision != "2026-07-28" && *unknown == -32002), "{}", report.answers[rest + 6]);
}

fn names<'a>(list: &'a Value, field: &str) -> Vec<&'a str> {
    list.as_array().unwrap().iter().map(|item| item[field].as_str().unwrap()).collect()
}

async fn over_http(language: Language) {
    let site = Site::with_sample();
    let key = site.key("client", &[]);
    let server = site.serve().await;
    for (mode, revision) in MODES {
        let plan = Plan::http(&server.mcp_url(), &key, mode);
        check_report(&all_steps(plan).run(language).await, &site, revision);
    }
}

async fn over_stdio(language: Language, beside_a_server: bool) {
    let site = Site::with_sample();
    let key = site.key("client", &[]);
    let _server = if beside_a_server { Some(site.serve().await) } else { None };
    for (mode, revision) in MODES {
        let plan = Plan::stdio(&site, &key, mode);
        check_report(&all_steps(plan).run(language).await, &site, revision);
    }
}

#[tokio::test]
async fn python_over_http() {
    over_http(Language::Python).await;
}

#[tokio::test]
async fn typescript_over_http() {
    over_http(Language::TypeScript).await;
}

#[tokio::test]
async fn python_over_stdio_alone() {
    over_stdio(Language::Python, false).await;
}

#[tokio::test]
async fn python_over_stdio_beside_a_server() {
    over_stdio(Language::Python, true).await;
}

#[tokio::test]
async fn typescript_over_stdio_alone() {
    over_stdio(Language::TypeScript, false).await;
}

#[tokio::test]
async fn inspector_over_http() {
    let site = Site::with_sample();
    let key = site.key("client", &[]);
    let server = site.serve().await;
    for era in ["legacy", "auto", "modern"] {
        let ask = async |arguments: &[&str]| inspector(&server.mcp_url(), &key, era, arguments).await;
        let tools = ask(&["--method", "tools/list"]).await;
        for call in CALLS {
            let arguments = call.arguments().to_string();
            let method = ["--method", "tools/call", "--tool-name", call.tool, "--tool-args-json", &arguments];
            call.check(&ask(&method).await, &tools["tools"], &site);
        }
        let glossary = ask(&["--method", "resources/read", "--uri", GLOSSARY]).await;
        assert!(glossary["contents"][0]["text"].as_str().unwrap().starts_with("# Glossary"), "{glossary}");
        let arguments = ["company=Acme", "month=2026-01"];
        let method = ["--method", "prompts/get", "--prompt-name", "erp_monthly_report", "--prompt-args"];
        let prompt = ask(&[&method[..], &arguments[..]].concat()).await;
        assert!(prompt["messages"][0]["content"]["text"].as_str().unwrap().contains("Acme for 2026-01"), "{prompt}");
    }
}

/// A virtual server shows a part of the catalog, under its own names.
#[tokio::test]
async fn a_virtual_server_is_a_part_of_the_catalog() {
    let site = Site::with_sample();
    site.user("boss@example.com", "editor");
    let key = site.key("boss", &["--role", "editor", "--owner", "boss@example.com"]);
    let server = site.serve().await;
    let plan = Plan::http(&server.server_url("finance"), &key, "auto")
        .step("tools/list", json!({}))
        .step("tools/call", json!({"name": "list_companies", "arguments": {}}))
        .step("tools/call", json!({"name": "search_employees", "arguments": {"company_id": 1}}));
    let report = plan.run(Language::Python).await;
    let tools = names(&report.result(0)["tools"], "name");
    assert!(tools.contains(&"list_companies") && !tools.contains(&"search_employees"), "{tools:?}");
    assert_ne!(report.result(1)["isError"], true);
    assert_eq!(report.answers[2]["error"]["code"], -32602, "{}", report.answers[2]);
}

//! The official conformance suite against the whole of Puente, its tools coming from the test source. There are no
//! expected failures: what the suite runs must pass, scored or not.

use std::{collections::BTreeSet, fs, process::Command};

use puente_tests::{
    Server, Site,
    official::{Language, Plan, Verdict, conformance},
    tools,
};
use serde_json::json;

async fn start(site: &Site) -> Server {
    let mut command = Command::new(tools::conformance_app());
    command.current_dir(site.path()).env_clear().envs(site.environment());
    Server::start_by(site, command).await
}

async fn assert_conforms(revision: &str, scored_scenarios: usize) {
    let site = Site::empty();
    let app = start(&site).await;
    let verdicts = conformance(&app.mcp_url(), revision).await;
    let failures: Vec<&Verdict> = verdicts.iter().filter(|verdict| !verdict.failures.is_empty()).collect();
    assert!(failures.is_empty(), "{failures:#?}");

    let passed: BTreeSet<&str> =
        verdicts.iter().filter(|verdict| verdict.passed > 0).map(|verdict| verdict.scenario.as_str()).collect();
    let scored = scored(revision);
    let missing: Vec<&String> = scored.iter().filter(|name| !passed.contains(name.as_str())).collect();
    assert!(missing.is_empty(), "scored, but not passed: {missing:?}");
    assert_eq!(scored.len(), scored_scenarios);
}

/// The scenarios below `server:` in the suite's own list.
fn scored(revision: &str) -> Vec<String> {
    let path = format!("node_modules/@modelcontextprotocol/conformance/requirements/{revision}.yaml");
    let text = fs::read_to_string(tools::installed(&path)).unwrap();
    let section = text.lines().skip_while(|line| *line != "server:").skip(1);
    section.map_while(|line| line.strip_prefix("  - ").map(str::to_owned)).collect()
}

#[tokio::test]
async fn revision_2025_11_25() {
    assert_conforms("2025-11-25", 30).await;
}

#[tokio::test]
async fn revision_2026_07_28() {
    assert_conforms("2026-07-28", 37).await;
}

/// The suite passes some scenarios on a server that lacks the tool, so the tool itself is asked, too.
#[tokio::test]
async fn the_tools_are_really_there() {
    let site = Site::empty();
    let app = start(&site).await;
    for language in [Language::Python, Language::TypeScript] {
        for mode in ["legacy", "2026-07-28"] {
            let plan = Plan::http(&app.mcp_url(), "", mode)
                .elicit(json!({"username": "ana", "email": "ana@example.com"}))
                .step("tools/call", json!({"name": "test_simple_text", "arguments": {}}))
                .step("tools/call", json!({"name": "test_elicitation", "arguments": {"message": "Who?"}}));
            let report = plan.run(language).await;
            for (step, expected) in [(0, "This is a simple text response for testing."), (1, "ana")] {
                let text = report.result(step)["content"][0]["text"].as_str().unwrap();
                assert!(text.contains(expected), "{language:?}, {mode}: {text}");
            }
        }
    }
}

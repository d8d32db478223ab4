//! The official conformance suite against the whole application, its tools coming from the test source. No expected
//! failures: what the suite runs must pass, scored or not.

use std::{collections::BTreeSet, fs};

use puente_tests::{
    official::{Verdict, conformance},
    tools,
};

/// Scenarios that a revision scores.
const SCORED: [(&str, usize); 2] = [("2025-11-25", 30), ("2026-07-28", 37)];

async fn assert_conforms(revision: &str) {
    let app = super::conformance::app::start().await;
    let verdicts = conformance(app.url(), revision).await;
    let failures: Vec<&Verdict> = verdicts.iter().filter(|verdict| !verdict.failures.is_empty()).collect();
    assert!(failures.is_empty(), "{failures:#?}");

    let passed: BTreeSet<&str> =
        verdicts.iter().filter(|verdict| verdict.passed > 0).map(|verdict| verdict.scenario.as_str()).collect();
    let scored = scored(revision);
    let missing: Vec<&String> = scored.iter().filter(|name| !passed.contains(name.as_str())).collect();
    assert!(missing.is_empty(), "scored, but not passed: {missing:?}");
    assert!(SCORED.contains(&(revision, scored.len())), "{} scenarios are scored", scored.len());
}

/// The scenarios below `server:` in the suite's own list.
fn scored(revision: &str) -> Vec<String> {
    let path = format!("node_modules/@modelcontextprotocol/conformance/requirements/{revision}.yaml");
    let text = fs::read_to_string(tools::installed(&path)).unwrap();
    let section = text.lines().skip_while(|line| *line != "server:").skip(1);
    section.map_while(|line| line.strip_prefix("  - ").map(str::to_owned)).collect()
}

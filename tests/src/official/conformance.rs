//! The official conformance suite.

use std::{fs, path::Path};

use serde_json::Value;
use tokio::process::Command;

use crate::tools;

/// What the suite says of one scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The scenario.
    pub scenario: String,
    /// Checks that passed.
    pub passed: usize,
    /// What went wrong, in words.
    pub failures: Vec<String>,
}

/// Runs the scenarios that a revision requires, frozen at its release.
pub async fn conformance(url: &str, revision: &str) -> Vec<Verdict> {
    let folder = tempfile::TempDir::new().expect("a temporary folder");
    let output = Command::new(tools::node())
        .arg(tools::installed("node_modules/@modelcontextprotocol/conformance/dist/index.js"))
        .args(["server", "--url", url, "--requirements", revision, "-o"])
        .arg(folder.path())
        .kill_on_drop(true)
        .output()
        .await
        .expect("the suite starts");
    let verdicts = read(folder.path());
    assert!(!verdicts.is_empty(), "the suite ran nothing: {}", String::from_utf8_lossy(&output.stderr));
    verdicts
}

/// The suite writes one folder a scenario, with a `checks.json` in it.
fn read(folder: &Path) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    for entry in fs::read_dir(folder).expect("results") {
        let path = entry.expect("an entry").path();
        if let Ok(text) = fs::read(path.join("checks.json")) {
            let checks: Vec<Value> = serde_json::from_slice(&text).expect("checks are a JSON array");
            verdicts.push(verdict(path.file_name().expect("a name").to_str().expect("UTF-8"), &checks));
        } else if path.is_dir() {
            verdicts.extend(read(&path));
        }
    }
    verdicts.sort_by(|a, b| a.scenario.cmp(&b.scenario));
    verdicts
}

/// `folder` is `server-SCENARIO-2026-11-24T05-32-53-472Z`.
fn verdict(folder: &str, checks: &[Value]) -> Verdict {
    const TIME: usize = "-2026-11-24T05-32-53-472Z".len();
    let scenario = folder.strip_prefix("server-").and_then(|name| name.get(..name.len() - TIME)).expect("a scenario");
    let with = |status: &'static str| checks.iter().filter(move |check| check["status"] == status);
    Verdict {
        scenario: scenario.to_owned(),
        passed: with("SUCCESS").count(),
        failures: with("FAILURE").map(|check| format!("{}: {}", check["id"], check["errorMessage"])).collect(),
    }
}

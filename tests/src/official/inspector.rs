//! MCP Inspector's command line.

use serde_json::Value;
use tokio::process::Command;

use crate::tools;

/// Runs one method against a URL and returns its result. `arguments` begin with `--method`.
pub async fn inspector(url: &str, key: &str, era: &str, arguments: &[&str]) -> Value {
    let home = tempfile::TempDir::new().expect("a temporary folder");
    let output = Command::new(tools::node())
        .arg(tools::installed("node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js"))
        .args(["--cli", "--server-url", url, "--transport", "http", "--protocol-era", era])
        .args(["--header", &format!("Authorization: Bearer {key}"), "--format", "json", "--quiet"])
        .args(arguments)
        // It keeps its settings in the home folder.
        .env("HOME", home.path())
        .kill_on_drop(true)
        .output()
        .await
        .expect("the inspector starts");
    let printed = String::from_utf8_lossy(&output.stdout);
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "inspector {arguments:?} failed:\n{printed}\n{complaints}");
    let report: Value = serde_json::from_str(&printed).unwrap_or_else(|error| panic!("{error} in: {printed}"));
    report.get("result").cloned().unwrap_or(report)
}

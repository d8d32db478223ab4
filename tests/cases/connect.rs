//! `puente connect`: what it prints and writes is what each client documents.

use std::fs;

use puente_tests::{Backends, Server, Site};
use serde_json::{Value, json};

/// Where a client keeps its servers, relative to the home or the project folder, and below which key.
struct Format {
    client: &'static str,
    file: &'static str,
    below: &'static str,
}

const FORMATS: [Format; 4] = [
    Format { client: "claude-desktop", file: ".config/Claude/claude_desktop_config.json", below: "mcpServers" },
    Format { client: "claude-code", file: ".mcp.json", below: "mcpServers" },
    Format { client: "cursor", file: ".cursor/mcp.json", below: "mcpServers" },
    Format { client: "vscode", file: ".vscode/mcp.json", below: "servers" },
];

async fn start() -> (Site, Server) {
    let site = Site::with_notes();
    let server = site.serve().await;
    (site, server)
}

/// The entry must connect: with what it says, a client lists tools. `told` is what the person was told besides.
async fn assert_connects(site: &Site, entry: &Value, told: &str) {
    if let Some(url) = entry["url"].as_str() {
        let header = entry["headers"]["Authorization"].as_str().expect("a header");
        let mut key = header.strip_prefix("Bearer ").expect("a bearer token");
        // Visual Studio Code asks for the key, so that the project's file holds no secret.
        if key.starts_with("${input:") {
            key = told.split_whitespace().find(|word| word.starts_with("pk_")).expect("the key to type");
        }
        assert_eq!(puente_tests::Mcp::new(url, key).tool_names().await.len(), 2, "{entry}");
        return;
    }
    let command = entry["command"].as_str().expect("a command");
    assert!(command.starts_with('/'), "an absolute path: {command}");
    let arguments: Vec<&str> = entry["args"].as_array().unwrap().iter().map(|arg| arg.as_str().unwrap()).collect();
    let mut process = std::process::Command::new(command);
    process.args(arguments).env_clear().current_dir(site.path());
    for (name, value) in entry["env"].as_object().expect("an environment") {
        process.env(name, value.as_str().unwrap());
    }
    let mut stdio = puente_tests::Stdio::start_by(process);
    let answer = stdio.send("tools/list", json!({})).await;
    assert_eq!(answer["result"]["tools"].as_array().map(Vec::len), Some(2), "{answer}");
}

#[tokio::test]
async fn what_is_written_connects_and_keeps_what_was_there() {
    let (site, _server) = start().await;
    for Format { client, file, below } in FORMATS {
        let path = site.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let other = json!({"theme": "dark", below: {"other": {"command": "other", "args": ["--x"]}}});
        fs::write(&path, serde_json::to_string_pretty(&other).unwrap()).unwrap();

        let told = site.puente(&["connect", client, "--write"]).success().stderr;
        let written: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        assert_eq!(written["theme"], other["theme"], "{client}");
        assert_eq!(written[below]["other"], other[below]["other"], "{client}");
        let first = written[below]["puente"].clone();
        assert_connects(&site, &first, &told).await;
        assert_inputs_are_declared(&written, &first);

        // Again: its own entry is replaced, and so is its key.
        let told = site.puente(&["connect", client, "--write"]).success().stderr;
        let again: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        assert_eq!(again[below].as_object().unwrap().len(), 2, "{client}: {again}");
        assert_connects(&site, &again[below]["puente"], &told).await;
        let keys = site.puente(&["key", "list", "--json"]).json();
        let own = keys.as_array().unwrap().iter().filter(|key| key["name"].as_str().unwrap().starts_with(client));
        assert_eq!(own.count(), 1, "{client}: the key from before has ended");
    }
}

#[tokio::test]
async fn a_client_that_starts_the_process_needs_no_server_and_no_shell() {
    let site = Site::with_notes_on(Backends::default());
    let Format { client, file, below } = &FORMATS[0];
    let told = site.puente(&["connect", client, "--write"]).success().stderr;
    let written: Value = serde_json::from_slice(&fs::read(site.path().join(file)).unwrap()).unwrap();
    assert_connects(&site, &written[below]["puente"], &told).await;
}

/// Every `${input:ID}` of an entry is one of the file's inputs.
fn assert_inputs_are_declared(file: &Value, entry: &Value) {
    let text = entry.to_string();
    for id in text.split("${input:").skip(1).map(|rest| rest.split('}').next().unwrap()) {
        let inputs = file["inputs"].as_array().unwrap_or_else(|| panic!("no inputs in {file}"));
        let input = inputs.iter().find(|input| input["id"] == id).unwrap_or_else(|| panic!("no {id} in {file}"));
        assert_eq!((&input["type"], &input["password"]), (&json!("promptString"), &json!(true)));
    }
}

#[tokio::test]
async fn a_file_that_is_not_json_is_left_alone() {
    let (site, _server) = start().await;
    for (name, text) in [("broken", "{\"mcpServers\": "), ("comments", "{\n  // mine\n  \"mcpServers\": {}\n}\n")] {
        let path = site.path().join(".cursor/mcp.json");
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        let run = site.puente(&["connect", "cursor", "--write"]);
        assert_ne!(run.code, 0, "{name}");
        assert!(run.stderr.contains("mcp.json"), "{name}: {}", run.stderr);
        assert_eq!(fs::read_to_string(&path).unwrap(), text, "{name}");
    }
}

//! The reference servers, all behind one virtual server at once: every tool is called through Puente and directly, and
//! both say the same.

mod calls;

use puente_tests::{
    Site,
    official::{Language, Plan, Report},
    tools,
};
use serde_json::{Value, json};

use super::apply;
use calls::{Call, calls};

/// Seven servers of two languages, in two eras.
const CATALOG: &str = "
sources:
  - {name: everything, type: mcp, command: ['{node}', '{tools}/node_modules/@modelcontextprotocol/server-everything/dist/index.js', stdio]}
  - {name: filesystem, type: mcp, command: ['{node}', '{tools}/node_modules/@modelcontextprotocol/server-filesystem/dist/index.js', '{site}/files']}
  - name: memory
    type: mcp
    command: ['{node}', '{tools}/node_modules/@modelcontextprotocol/server-memory/dist/index.js']
    env: {MEMORY_FILE_PATH: '{site}/memory.jsonl'}
  - {name: thinking, type: mcp, command: ['{node}', '{tools}/node_modules/@modelcontextprotocol/server-sequential-thinking/dist/index.js']}
  - {name: time, type: mcp, command: ['{python}', -m, mcp_server_time, --local-timezone, Europe/Madrid]}
  - {name: git, type: mcp, command: ['{python}', -m, mcp_server_git, --repository, '{site}/repository']}
  - {name: fetch, type: mcp, command: ['{python}', -m, mcp_server_fetch, --ignore-robots-txt]}
servers:
  - {name: default, include: ['*'], open: true}
";

/// What the servers work on: made anew before each side's turn, so that both see the same.
fn prepare(site: &Site) {
    let script = "set -e; rm -rf files repository memory.jsonl; mkdir -p files/sub repository
        printf 'one\\ntwo\\nthree\\n' >files/a.txt; printf 'x' >files/b.txt
        printf 'iVBORw0KGgo=' | base64 -d >files/c.png
        export GIT_AUTHOR_DATE='2026-01-01T00:00:00Z' GIT_COMMITTER_DATE='2026-01-01T00:00:00Z'
        cd repository; git init -q -b main; git config user.email a@b.c; git config user.name A
        echo one >f; git add f; git commit -qm first; echo two >>f; git commit -qam second; echo three >>f";
    let mut command = std::process::Command::new("sh");
    command.args(["-c", script]).current_dir(site.path());
    puente_tests::Run::of(command).expect_success();
}

/// A page for `fetch`, on a port of its own.
async fn page() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            use tokio::io::{AsyncReadExt, AsyncWriteExt};
            let _ = stream.read(&mut [0; 4096]).await;
            let body = "<html><body><main><h1>Hello</h1><p>A page.</p></main></body></html>";
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                body.len()
            );
            let _ = stream.write_all(format!("{head}{body}").as_bytes()).await;
        }
    });
    url
}

/// Runs the calls of one source, through Puente if `plan` leads there.
async fn run(mut plan: Plan, calls: &[&Call], prefix: &str) -> Report {
    plan = plan.step("tools/list", json!({}));
    for call in calls {
        let name = format!("{prefix}{}", call.tool);
        plan = plan.step("tools/call", json!({"name": name, "arguments": call.arguments}));
    }
    plan.run(Language::Python).await
}

#[tokio::test]
async fn every_tool_of_seven_servers_answers_as_if_called_directly() {
    let site = Site::empty();
    prepare(&site);
    apply(&site, CATALOG);
    let server = site.serve().await;
    let mcp = server.mcp("");
    let sources = ["everything", "filesystem", "memory", "thinking", "time", "git", "fetch"];
    let all = async || {
        let names = mcp.tool_names().await;
        sources.iter().all(|source| names.iter().any(|name| name.starts_with(&format!("{source}_"))))
    };
    server.until("all seven offer their tools", all).await;

    let page = page().await;
    let calls = calls(site.path().to_str().unwrap(), &page);
    let mut listed = Vec::new();
    for source in sources {
        let of_source: Vec<&Call> = calls.iter().filter(|call| call.source == source).collect();
        prepare(&site);
        let direct = run(direct(&site, source), &of_source, "").await;
        prepare(&site);
        let through = Plan::http(&server.mcp_url(), "", "2026-07-28");
        let through = run(through, &of_source, &format!("{source}_")).await;
        let own = names(direct.result(0));
        let called: Vec<&str> = of_source.iter().map(|call| call.tool).collect();
        for name in &own {
            assert!(called.contains(&name.as_str()), "{source}.{name} is not called by this test");
        }
        listed.extend(own.iter().map(|name| format!("{source}_{name}")));
        for (index, call) in of_source.iter().enumerate() {
            let (mut expected, mut got) = (direct.answers[index + 1].clone(), through.answers[index + 1].clone());
            call.forget_what_differs(&mut expected);
            call.forget_what_differs(&mut got);
            assert_eq!(got, expected, "{source}.{}", call.tool);
        }
    }
    listed.sort();
    assert_eq!(mcp.tool_names().await, listed, "Puente lists just these tools");
}

fn names(list: &Value) -> Vec<String> {
    list["tools"].as_array().unwrap().iter().map(|tool| tool["name"].as_str().unwrap().to_owned()).collect()
}

/// The server without Puente, by the command of the catalog.
fn direct(site: &Site, source: &str) -> Plan {
    let text = |path: std::path::PathBuf| path.to_str().unwrap().to_owned();
    let module =
        |name: &str| text(tools::installed(&format!("node_modules/@modelcontextprotocol/server-{name}/dist/index.js")));
    let in_site = |name: &str| text(site.path().join(name));
    let (node, python) = (text(tools::node()), text(tools::installed("venv/bin/python")));
    let command = match source {
        "everything" => vec![node, module("everything"), "stdio".to_owned()],
        "filesystem" => vec![node, module("filesystem"), in_site("files")],
        "memory" => vec![node, module("memory")],
        "thinking" => vec![node, module("sequential-thinking")],
        "time" => {
            vec![python, "-m".into(), "mcp_server_time".into(), "--local-timezone".into(), "Europe/Madrid".into()]
        }
        "git" => vec![python, "-m".into(), "mcp_server_git".into(), "--repository".into(), in_site("repository")],
        _ => vec![python, "-m".into(), "mcp_server_fetch".into(), "--ignore-robots-txt".into()],
    };
    Plan::command(&command, &[("MEMORY_FILE_PATH", &in_site("memory.jsonl"))])
}

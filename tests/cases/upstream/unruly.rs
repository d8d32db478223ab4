//! Upstream servers that are killed, hang, send garbage or too much, and change in the middle of calls.

use std::path::Path;

use puente_tests::{Api, Server};
use serde_json::{Value, json};

use super::{apply, call, site, text};

/// The unruly server, and a second one that must not notice.
const CATALOG: &str = "
sources:
  - name: wild
    type: mcp
    command: ['{python}', '{root}/tests/upstreams/unruly.py']
    cwd: '{site}'
    env: {GREETING: hello}
    pin: off
    tools:
      - {name: hang, timeout: 500ms}
      - {name: garbage, timeout: 500ms}
      - {name: endless, timeout: 2s}
  - name: calm
    type: mcp
    command: ['{python}', '{root}/tests/upstreams/unruly.py']
    pin: off
servers:
  - {name: default, include: ['*'], open: true}
";

async fn start(site: &puente_tests::Site) -> Server {
    let server = site.serve().await;
    let mcp = server.mcp("");
    server.until("both upstreams are there", async || mcp.tool_names().await.len() == 26).await;
    server
}

fn is_alive(pid: &str) -> bool {
    let status = std::fs::read_to_string(Path::new("/proc").join(pid).join("stat")).unwrap_or_default();
    !status.is_empty() && !status.contains(") Z ")
}

/// Calls the other upstream: it answers as ever.
async fn calm(server: &Server) {
    assert_eq!(text(&call(server, "calm_echo", json!({"text": "calm"})).await), "calm");
}

#[tokio::test]
async fn a_bad_answer_is_an_error_in_time_and_nobody_else_notices() {
    let site = site(CATALOG);
    let server = start(&site).await;
    let calm_pid = text(&call(&server, "calm_pid", json!({})).await).to_owned();
    let again = async || {
        let result = server.mcp("").call("wild_echo", json!({"text": "again"})).await.body;
        result["result"]["content"][0]["text"] == "again"
    };
    for (tool, arguments, words) in [
        ("wild_hang", json!({}), "was stopped"),
        ("wild_garbage", json!({}), "was stopped"),
        ("wild_huge", json!({"bytes": 70_000_000}), "larger than"),
        ("wild_endless", json!({}), ""),
        ("wild_die", json!({}), "ended before it answered"),
    ] {
        // What was not read to its end, or ended, is started again in the background.
        server.until("the upstream serves", again).await;
        let result = call(&server, tool, arguments).await;
        assert_eq!(result["isError"], true, "{tool}: {result}");
        assert!(text(&result).contains(words), "{tool}: {result}");
        calm(&server).await;
    }
    server.until("the upstream was started again", again).await;
    assert_eq!(text(&call(&server, "calm_pid", json!({})).await), calm_pid);
}

#[tokio::test]
async fn a_killed_upstream_fails_its_calls_at_once_and_comes_back() {
    let site = site(CATALOG);
    let server = start(&site).await;
    let pid = text(&call(&server, "wild_pid", json!({})).await).to_owned();
    let mcp = server.mcp("");
    let waiting = tokio::spawn(async move { mcp.call("wild_slow", json!({"ms": 20_000})).await });
    // The call is on its way once the upstream tells of it: its thread shows in the number of threads.
    let threads = format!("/proc/{pid}/task");
    server.until("the slow call runs", async || std::fs::read_dir(&threads).unwrap().count() > 1).await;
    assert!(std::process::Command::new("kill").args(["-9", &pid]).status().unwrap().success());
    let answer = waiting.await.unwrap().expect(200);
    assert!(text(&answer["result"]).contains("whether it carried the request out is unknown"), "{answer}");
    calm(&server).await;
    let other = async || {
        let answer = server.mcp("").call("wild_pid", json!({})).await.body;
        answer["result"]["isError"] != true && answer["result"]["content"][0]["text"] != pid.as_str()
    };
    server.until("another process serves", other).await;
}

#[tokio::test]
async fn one_cancelled_call_among_a_hundred_disturbs_none() {
    let site = site(CATALOG);
    let server = start(&site).await;
    let calls: Vec<_> = (0..100)
        .map(|number| {
            let mcp = server.mcp("");
            tokio::spawn(async move { mcp.call("wild_slow", json!({"ms": 5000, "text": format!("n{number}")})).await })
        })
        .collect();
    // Dropping a modern request closes its stream, which cancels it.
    let pid = text(&call(&server, "wild_pid", json!({})).await).to_owned();
    let threads = format!("/proc/{pid}/task");
    server.until("all calls run", async || std::fs::read_dir(&threads).unwrap().count() > 100).await;
    calls[50].abort();
    for (number, call) in calls.into_iter().enumerate().filter(|(number, _)| *number != 50) {
        let answer = call.await.unwrap().expect(200);
        assert_eq!(text(&answer["result"]), format!("n{number}"), "{answer}");
    }
    let cancelled = async || text(&call(&server, "wild_cancelled", json!({})).await) == "1";
    server.until("the upstream heard of the cancellation", cancelled).await;
}

#[tokio::test]
async fn a_child_gets_its_own_environment_and_ends_with_everything_that_it_started() {
    let site = site(CATALOG).setting("JWT_SECRET_KEY", "a secret of thirty-two characters!!");
    let server = start(&site).await;
    let environment = call(&server, "wild_environment", json!({})).await;
    let environment: Value = serde_json::from_str(text(&environment)).unwrap();
    assert_eq!(environment["GREETING"], "hello");
    for secret in ["JWT_SECRET_KEY", "ADMIN_PASSWORD", "DATA_DIR"] {
        assert!(environment.get(secret).is_none(), "{secret} in {environment}");
    }
    let folder = call(&server, "wild_folder", json!({})).await;
    assert_eq!(Path::new(text(&folder)).canonicalize().unwrap(), site.path().canonicalize().unwrap());

    let pid = text(&call(&server, "wild_pid", json!({})).await).to_owned();
    let grandchild = text(&call(&server, "wild_spawn", json!({})).await).to_owned();
    assert!(is_alive(&pid) && is_alive(&grandchild));
    // A killed Puente leaves nothing behind either.
    let pids = [pid, grandchild];
    let gone = Api::anonymous(server.url());
    server.kill().await;
    assert_eq!(gone.get("/health/live").await.status, 0);
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_mins(1);
    while pids.iter().any(|pid| is_alive(pid)) {
        assert!(tokio::time::Instant::now() < deadline, "processes were orphaned: {pids:?}");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_changed_list_is_seen_and_a_removed_source_ends_its_process() {
    let site = site(CATALOG);
    let server = start(&site).await;
    let pid = text(&call(&server, "wild_pid", json!({})).await).to_owned();
    call(&server, "wild_rename", json!({})).await;
    let mcp = server.mcp("");
    let renamed = async || mcp.tool_names().await.contains(&"wild_renamed".to_owned());
    server.until("the new tool is listed", renamed).await;
    assert!(!mcp.tool_names().await.contains(&"wild_rename".to_owned()));

    apply(&site, &CATALOG.replace("name: wild\n", "name: wild\n    enabled: false\n"));
    server.until("the process of a disabled source ended", async || !is_alive(&pid)).await;
    calm(&server).await;
}

#[test]
fn only_an_operators_catalog_starts_commands() {
    let site = site(CATALOG);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let server = site.serve().await;
        let admin = server.admin().await;
        let source = json!({"name": "mine", "type": "mcp", "settings": {"command": ["id"]}});
        let answer = admin.post("/api/v1/sources", source).await;
        assert_eq!(answer.status, 422, "{answer:?}");
        assert!(answer.body.to_string().contains("only an operator's catalog"), "{answer:?}");
    });
}

/// A modern client that calls a tool and disappears before the answer.
async fn call_and_vanish(address: String) {
    use tokio::io::AsyncWriteExt;
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {
        "name": "wild_slow", "arguments": {"ms": 60_000},
        "_meta": {"io.modelcontextprotocol/protocolVersion": "2026-07-28",
                  "io.modelcontextprotocol/clientCapabilities": {}}}})
    .to_string();
    let head = format!(
        "POST /mcp HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n\
         Accept: application/json, text/event-stream\r\nMCP-Protocol-Version: 2026-07-28\r\n\
         Mcp-Method: tools/call\r\nMcp-Name: wild_slow\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let mut stream = tokio::net::TcpStream::connect(&address).await.unwrap();
    stream.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
}

fn sockets(server: &Server) -> usize {
    let open = std::fs::read_dir(format!("/proc/{}/fd", server.pid())).unwrap();
    let links = open.filter_map(|entry| std::fs::read_link(entry.ok()?.path()).ok());
    links.filter(|link| link.to_string_lossy().starts_with("socket:")).count()
}

#[tokio::test]
async fn a_thousand_abrupt_disconnects_leave_nothing_behind() {
    let site = site(CATALOG);
    let server = start(&site).await;
    let address = server.url().trim_start_matches("http://").to_owned();
    let pid = text(&call(&server, "wild_pid", json!({})).await).to_owned();
    let before = sockets(&server);
    for _ in 0..10 {
        let mut clients = tokio::task::JoinSet::new();
        for _ in 0..100 {
            clients.spawn(call_and_vanish(address.clone()));
        }
        clients.join_all().await;
    }
    server.until("every socket is closed", async || sockets(&server) <= before + 2).await;
    // Whatever reached the upstream was given up there, too: no call of it goes on.
    let threads = format!("/proc/{pid}/task");
    server.until("no call goes on", async || std::fs::read_dir(&threads).unwrap().count() == 1).await;
    assert_eq!(text(&call(&server, "wild_echo", json!({"text": "still here"})).await), "still here");
}

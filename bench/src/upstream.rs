//! An echo tool of an upstream MCP server: through Puente, directly, and through nginx as a plain reverse proxy.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, body::Bytes, http::header::CONTENT_TYPE, response::IntoResponse, routing::post};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::{
    call::{self, Installation},
    gateway_time,
    load::{self, Target},
    nginx,
    report::Report,
};

/// Connections of the loads.
const CONNECTIONS: [usize; 3] = [1, 32, 256];
/// Sizes of results.
const SIZES: [(usize, &str); 2] = [(16, "16 B"), (64 * 1024, "64 KiB")];
/// How long each measurement takes.
const TIME: Duration = Duration::from_secs(3);

/// Measures all sides at all sizes.
pub(crate) async fn measure(report: &mut Report) -> anyhow::Result<()> {
    let upstream = serve().await?;
    let folder = tempfile::tempdir()?;
    let (nginx, _nginx) = nginx::start(&[upstream], folder.path()).await?;
    let installation = install(upstream).await?;
    let puente: SocketAddr = installation.server.url().trim_start_matches("http://").parse()?;
    let key = installation.site.key("bench", &["--owner", "bench@example.com"]);
    for (size, label) in SIZES {
        for connections in CONNECTIONS {
            let direct = load::run(&target(upstream, "echo", "", size), connections, TIME).await?;
            let proxied = load::run(&target(nginx, "echo", "", size), connections, TIME).await?;
            let ours = load::run(&target(puente, "bench_echo", &key, size), connections, TIME).await?;
            let what = format!("upstream echo, {label}, {connections} connections");
            for (who, side) in [("direct", &direct), ("nginx", &proxied), ("Puente", &ours)] {
                let figure = format!("{:.0}/s, p50 {:.1?}, p99 {:.1?}", side.per_second, side.p50, side.p99);
                report.line(format!("{what}, {who}"), figure, "");
            }
            let ratio = 100.0 * ours.per_second / proxied.per_second;
            report.line(format!("{what}, Puente / nginx"), format!("{ratio:.0} %"), ">= 70 %");
            if connections == 32 {
                let paced = ours.per_second / 2.0;
                let target = target(puente, "bench_echo", &key, size);
                let time = gateway_time::measure(&target, &installation, paced, TIME).await?;
                report.gateway_time(&format!("upstream echo, {label}"), &time);
            }
        }
    }
    installation.server.stop().await;
    Ok(())
}

/// The least that an upstream of 2026-07-28 can do.
async fn serve() -> anyhow::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let router = Router::new().route("/mcp", post(answer));
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(address)
}

async fn answer(body: Bytes) -> impl IntoResponse {
    let request: Value = serde_json::from_slice(&body).unwrap_or_default();
    let result = match request["method"].as_str() {
        Some("server/discover") => json!({
            "resultType": "complete", "supportedVersions": ["2026-07-28"], "capabilities": {"tools": {}},
            "ttlMs": 0, "cacheScope": "private",
        }),
        Some("tools/list") => json!({
            "resultType": "complete", "ttlMs": 0, "cacheScope": "private",
            "tools": [{
                "name": "echo", "description": "Answers with so many bytes",
                "inputSchema": {"type": "object", "properties": {"bytes": {"type": "integer"}, "n": {"type": "integer"}}},
                "annotations": {"readOnlyHint": true},
            }],
        }),
        Some("tools/call") => {
            let bytes = request["params"]["arguments"]["bytes"].as_u64().unwrap_or_default();
            let text = "x".repeat(usize::try_from(bytes).unwrap_or_default());
            json!({"resultType": "complete", "content": [{"type": "text", "text": text}]})
        }
        _ => {
            let error = json!({"jsonrpc": "2.0", "id": request["id"], "error": {"code": -32601, "message": "no"}});
            return ([(CONTENT_TYPE, "application/json")], error.to_string());
        }
    };
    let message = json!({"jsonrpc": "2.0", "id": request["id"], "result": result});
    ([(CONTENT_TYPE, "application/json")], message.to_string())
}

async fn install(upstream: SocketAddr) -> anyhow::Result<Installation> {
    let site = call::site();
    let catalog = site.write(
        "catalog.yaml",
        &format!(
            "sources:\n  - {{name: bench, type: mcp, url: 'http://{upstream}/mcp'}}\n\
             servers:\n  - {{name: default, include: ['*'], grants: ['role:member']}}\n"
        ),
    );
    site.puente(&["apply", "-f", &catalog]).expect_success();
    let server = site.serve().await;
    site.user("bench@example.com", "member");
    Ok(Installation { site, server })
}

fn target(address: SocketAddr, tool: &'static str, key: &str, size: usize) -> Target {
    let mut headers = vec![
        ("content-type", "application/json".to_owned()),
        ("accept", "application/json, text/event-stream".to_owned()),
        ("mcp-protocol-version", "2026-07-28".to_owned()),
        ("mcp-method", "tools/call".to_owned()),
        ("mcp-name", tool.to_owned()),
    ];
    if !key.is_empty() {
        headers.push(("authorization", format!("Bearer {key}")));
    }
    let body = move |number: u64| {
        format!(
            r#"{{"jsonrpc":"2.0","id":{number},"method":"tools/call","params":{{"name":"{tool}","arguments":{{"bytes":{size},"n":{number}}},"_meta":{{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{{}}}}}}}}"#
        )
    };
    Target { address, path: "/mcp".to_owned(), headers, body: Arc::new(body), expect: "xxxxxxxxxxxxxxxx" }
}

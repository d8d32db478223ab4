//! What the protocol service itself costs: a trivial `tools/call`, in process, in both eras.
//!
//! `cargo run --release -p puente-mcp --example overhead`

use std::{collections::BTreeMap, sync::Arc, time::Instant};

use axum::{
    body::Body,
    http::{Request, request::Builder},
};
use puente_domain::SystemClock;
use puente_mcp::{
    CallTool, Complete, GetPrompt, Handler, ListPage, ListRequest, McpError, McpHttp, Options, Outcome, ReadResource,
    RequestContext, Service, ToolResult,
    handler::{Event, Sealer, ServerIdentity},
};
use rmcp::model::{
    CompletionInfo, DetailedTask, GetPromptResult, Implementation, ReadResourceResult, ServerCapabilities,
};
use serde_json::Value;
use tokio::sync::broadcast;

/// Answers every call at once.
struct Instant0(broadcast::Sender<Event>);

type Cx = RequestContext<()>;

impl Handler for Instant0 {
    type Caller = ();

    fn binding(&self, (): &()) -> String {
        String::new()
    }

    fn identity(&self, (): &()) -> ServerIdentity {
        ServerIdentity {
            implementation: Implementation::new("puente", "0.1.0"),
            capabilities: ServerCapabilities::default(),
            instructions: None,
        }
    }

    async fn list(&self, _: &Cx, _: ListRequest, _: Option<&str>) -> Result<ListPage, McpError> {
        Ok(ListPage::default())
    }

    async fn call_tool(&self, _: &Cx, _: CallTool<'_>) -> Result<Outcome<ToolResult>, McpError> {
        Ok(Outcome::Complete(ToolResult::text("done")))
    }

    async fn read_resource(
        &self,
        _: &Cx,
        read: ReadResource<'_>,
    ) -> Result<Outcome<(ReadResourceResult, u64)>, McpError> {
        Err(McpError::UnknownResource(read.uri.to_owned()))
    }

    async fn get_prompt(&self, _: &Cx, get: GetPrompt<'_>) -> Result<Outcome<GetPromptResult>, McpError> {
        Err(McpError::UnknownPrompt(get.name.to_owned()))
    }

    async fn complete(&self, _: &Cx, _: Complete<'_>) -> Result<CompletionInfo, McpError> {
        Ok(CompletionInfo::default())
    }

    async fn subscribe(&self, _: &Cx, _: &str) -> Result<(), McpError> {
        Ok(())
    }

    fn events(&self, (): &()) -> broadcast::Receiver<Event> {
        self.0.subscribe()
    }

    async fn get_task(&self, _: &Cx, _: &str) -> Result<DetailedTask, McpError> {
        Err(McpError::Internal)
    }

    async fn update_task(&self, _: &Cx, _: &str, _: BTreeMap<String, Value>) -> Result<(), McpError> {
        Ok(())
    }

    async fn cancel_task(&self, _: &Cx, _: &str) -> Result<(), McpError> {
        Ok(())
    }
}

struct NoSealer;

impl Sealer for NoSealer {
    fn seal(&self, _: &str, _: &[u8]) -> String {
        String::new()
    }

    fn open(&self, _: &str, _: &str) -> Option<Vec<u8>> {
        None
    }
}

const ROUNDS: usize = 200_000;
const ACCEPT: &str = "application/json, text/event-stream";

fn post() -> Builder {
    Request::post("/mcp").header("content-type", "application/json").header("accept", ACCEPT)
}

/// Calls again and again, and prints how long a call took.
async fn measure(name: &str, http: &McpHttp<Instant0>, request: impl Fn() -> Request<Body>) {
    let mut times = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let (parts, body) = request().into_parts();
        let start = Instant::now();
        let response = http.handle((), parts, body).await;
        times.push(start.elapsed());
        assert_eq!(response.status(), 200);
    }
    times.sort_unstable();
    let at = |per_mille: usize| times[times.len() * per_mille / 1000];
    println!("{name}: p50 {:?}, p99 {:?}, p99.9 {:?}", at(500), at(990), at(999));
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let handler = Arc::new(Instant0(broadcast::Sender::new(1)));
    let service = Service::new(handler, Arc::new(NoSealer), Arc::new(SystemClock), Options::default());
    let http = McpHttp::new(service, None);

    let modern = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"client","version":"1.0.0"},"io.modelcontextprotocol/clientCapabilities":{"elicitation":{}}},"name":"search_expenses","arguments":{"company_id":17,"category":"travel","limit":50}}}"#;
    measure("modern", &http, || {
        let request = post().header("mcp-protocol-version", "2026-07-28").header("mcp-method", "tools/call");
        request.header("mcp-name", "search_expenses").body(Body::from(modern)).expect("a request")
    })
    .await;

    let initialize = r#"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"client","version":"1"}}}"#;
    let (parts, body) = post().body(Body::from(initialize)).expect("a request").into_parts();
    let session = http.handle((), parts, body).await.headers()["mcp-session-id"].clone();
    let legacy = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"search_expenses","arguments":{"company_id":17,"category":"travel","limit":50}}}"#;
    measure("legacy", &http, || post().header("mcp-session-id", &session).body(Body::from(legacy)).expect("a request"))
        .await;
}

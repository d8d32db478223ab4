//! A handler whose calls the tests can hold, watch and release, and a client to talk to it.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{body::Body, http::Request, response::Response};
use futures::StreamExt;
use puente_domain::{Clock, ManualClock, Timestamp};
use puente_mcp::{
    CallTool, Client, Complete, GetPrompt, Handler, InputRequired, ListPage, ListRequest, LoggingLevel, McpError,
    McpHttp, Options, Outcome, ReadResource, RequestContext, Service, ToolResult,
    handler::{Event, Sealer, ServerIdentity},
    sessions::{SessionNews, SessionRecord, SessionStore, Unknown},
};
use rmcp::model::{CompletionInfo, DetailedTask, GetPromptResult, Implementation, ReadResourceResult};
use serde_json::{Value, json};
use tokio::sync::{Notify, broadcast, mpsc};

/// What the tests see of the handler.
pub(crate) struct Fixture {
    pub(crate) events: broadcast::Sender<Event>,
    /// Lets every call of `hold` end.
    pub(crate) release: Notify,
    /// The client of the last call of `tell_later`.
    pub(crate) kept: Mutex<Option<Client>>,
    /// How calls of `hold` went.
    log: mpsc::UnboundedSender<&'static str>,
}

/// Reports how a held call ended, also if it was dropped.
struct Report(mpsc::UnboundedSender<&'static str>, &'static str);

impl Drop for Report {
    fn drop(&mut self) {
        let _ = self.0.send(self.1);
    }
}

impl Fixture {
    /// Waits until it is released; reports `begun` and then `done` or `dropped`.
    async fn hold(&self) -> ToolResult {
        let mut report = Report(self.log.clone(), "dropped");
        let _ = self.log.send("begun");
        self.release.notified().await;
        report.1 = "done";
        ToolResult::text("held")
    }
}

fn ask(state: Option<Value>) -> Outcome<ToolResult> {
    let request = json!({"method": "elicitation/create", "params": {
        "mode": "form",
        "message": "Who?",
        "requestedSchema": {"type": "object", "properties": {"name": {"type": "string"}}},
    }});
    let requests = [("who".to_owned(), serde_json::from_value(request).unwrap())].into();
    Outcome::InputRequired(InputRequired { requests, state })
}

impl Handler for Fixture {
    type Caller = &'static str;

    fn binding(&self, caller: &&'static str) -> String {
        (*caller).to_owned()
    }

    fn identity(&self, _: &&'static str) -> ServerIdentity {
        let capabilities = json!({"tools": {"listChanged": true}, "resources": {"listChanged": true}});
        ServerIdentity {
            implementation: Implementation::new("fixture", "1"),
            capabilities: serde_json::from_value(capabilities).unwrap(),
            instructions: Some("Be kind.".to_owned()),
        }
    }

    async fn list(
        &self,
        _: &RequestContext<&'static str>,
        _: ListRequest,
        cursor: Option<&str>,
    ) -> Result<ListPage, McpError> {
        match cursor {
            None => Ok(ListPage {
                items: vec![r#"{"name":"a"}"#.into(), r#"{"name":"b"}"#.into()],
                next_cursor: Some("more".to_owned()),
                ttl_ms: 7,
            }),
            Some("more") => Ok(ListPage::default()),
            Some(_) => Err(McpError::InvalidParams("unknown cursor".to_owned())),
        }
    }

    async fn call_tool(
        &self,
        cx: &RequestContext<&'static str>,
        call: CallTool<'_>,
    ) -> Result<Outcome<ToolResult>, McpError> {
        Ok(Outcome::Complete(match call.name {
            "echo" => ToolResult::text(call.arguments.map_or("", |raw| raw.get())),
            "array" => ToolResult::structured(serde_json::from_str("[1,\n2]").unwrap()),
            "hold" => self.hold().await,
            "tell" => {
                cx.client.progress(1.0, Some(2.0), Some("half".to_owned()));
                cx.client.log(LoggingLevel::Info, Some("test"), json!("told"));
                ToolResult::text("told")
            }
            "tell_and_hold" => {
                cx.client.progress(1.0, None, None);
                self.hold().await
            }
            "tell_later" => {
                *self.kept.lock().unwrap() = Some(cx.client.clone());
                ToolResult::text("nothing yet")
            }
            "detach" => {
                cx.client.close_stream();
                self.hold().await
            }
            "ask" => match call.inputs.responses.get("who") {
                Some(answer) => ToolResult::text(format!("{} {:?}", answer["content"]["name"], call.inputs.state)),
                None => return Ok(ask(Some(json!({"secret": 1})))),
            },
            "limited" => return Err(McpError::Limited { retry_after_secs: 3 }),
            unknown => return Err(McpError::UnknownTool(unknown.to_owned())),
        }))
    }

    async fn read_resource(
        &self,
        _: &RequestContext<&'static str>,
        read: ReadResource<'_>,
    ) -> Result<Outcome<(ReadResourceResult, u64)>, McpError> {
        Err(McpError::UnknownResource(read.uri.to_owned()))
    }

    async fn get_prompt(
        &self,
        _: &RequestContext<&'static str>,
        get: GetPrompt<'_>,
    ) -> Result<Outcome<GetPromptResult>, McpError> {
        Err(McpError::UnknownPrompt(get.name.to_owned()))
    }

    async fn complete(
        &self,
        _: &RequestContext<&'static str>,
        complete: Complete<'_>,
    ) -> Result<CompletionInfo, McpError> {
        CompletionInfo::with_all_values(vec![complete.value.to_owned()]).map_err(McpError::InvalidParams)
    }

    async fn subscribe(&self, _: &RequestContext<&'static str>, uri: &str) -> Result<(), McpError> {
        if uri.starts_with("ours:") { Ok(()) } else { Err(McpError::UnknownResource(uri.to_owned())) }
    }

    fn events(&self, _: &&'static str) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }

    async fn get_task(&self, _: &RequestContext<&'static str>, task: &str) -> Result<DetailedTask, McpError> {
        Err(McpError::InvalidParams(format!("there is no task `{task}`")))
    }

    async fn update_task(
        &self,
        _: &RequestContext<&'static str>,
        _: &str,
        _: BTreeMap<String, Value>,
    ) -> Result<(), McpError> {
        Ok(())
    }

    async fn cancel_task(&self, _: &RequestContext<&'static str>, _: &str) -> Result<(), McpError> {
        Ok(())
    }
}

/// Writes the context in front, in the clear: what a state is bound to can be seen, and a changed one does not open.
struct PlainSealer;

impl Sealer for PlainSealer {
    fn seal(&self, context: &str, plain: &[u8]) -> String {
        format!("{context}|{}", String::from_utf8_lossy(plain))
    }

    fn open(&self, context: &str, sealed: &str) -> Option<Vec<u8>> {
        let (sealed_context, plain) = sealed.split_once('|')?;
        (sealed_context == context).then(|| plain.as_bytes().to_vec())
    }
}

/// A session store that two replicas can share. What one tells, all hear.
pub(crate) struct MemoryStore {
    records: Mutex<HashMap<String, SessionRecord>>,
    news: broadcast::Sender<SessionNews>,
    /// Whether it is out of reach.
    pub(crate) down: AtomicBool,
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self { records: Mutex::default(), news: broadcast::Sender::new(16), down: AtomicBool::new(false) }
    }
}

impl MemoryStore {
    /// The bytes of the largest state.
    pub(crate) fn largest(&self) -> usize {
        self.records.lock().unwrap().values().map(|record| record.state.len()).max().unwrap_or(0)
    }
}

impl SessionStore for MemoryStore {
    fn save(&self, session: SessionRecord) -> futures::future::BoxFuture<'_, ()> {
        self.records.lock().unwrap().insert(session.id.clone(), session);
        Box::pin(async {})
    }

    fn load<'a>(&'a self, id: &'a str) -> futures::future::BoxFuture<'a, Result<Option<SessionRecord>, Unknown>> {
        let found = self.records.lock().unwrap().get(id).cloned();
        let down = self.down.load(Ordering::Relaxed);
        Box::pin(async move { if down { Err(Unknown) } else { Ok(found) } })
    }

    fn remove<'a>(&'a self, id: &'a str) -> futures::future::BoxFuture<'a, ()> {
        self.records.lock().unwrap().remove(id);
        Box::pin(async {})
    }

    fn tell(&self, news: SessionNews) {
        let _ = self.news.send(news);
    }

    fn news(&self) -> futures::stream::BoxStream<'static, SessionNews> {
        let news = tokio_stream::wrappers::BroadcastStream::new(self.news.subscribe());
        news.map(|news| news.unwrap_or(SessionNews::Missed)).boxed()
    }
}

/// An endpoint and all that stands behind it.
pub(crate) struct Server {
    pub(crate) http: McpHttp<Fixture>,
    pub(crate) service: Arc<Service<Fixture>>,
    pub(crate) fixture: Arc<Fixture>,
    pub(crate) clock: Arc<ManualClock>,
    log: mpsc::UnboundedReceiver<&'static str>,
}

impl Server {
    pub(crate) fn new() -> Self {
        Self::with(Options::default(), None)
    }

    pub(crate) fn with(options: Options, store: Option<Arc<MemoryStore>>) -> Self {
        let (sender, log) = mpsc::unbounded_channel();
        let fixture = Arc::new(Fixture {
            events: broadcast::Sender::new(16),
            release: Notify::new(),
            kept: Mutex::default(),
            log: sender,
        });
        let clock = Arc::new(ManualClock::at(Timestamp::from_micros(1_000_000)));
        let dyn_clock: Arc<dyn Clock> = clock.clone();
        let service = Service::new(fixture.clone(), Arc::new(PlainSealer), dyn_clock, options);
        let http = McpHttp::new(service.clone(), store.map(|store| -> Arc<dyn SessionStore> { store }));
        Self { http, service, fixture, clock, log }
    }

    /// The next thing that a held call reported.
    pub(crate) async fn reported(&mut self) -> &'static str {
        let report = tokio::time::timeout(Duration::from_secs(10), self.log.recv()).await;
        report.expect("a held call reports in time").expect("the fixture lives")
    }

    /// Whether a held call has reported something that nobody has seen yet.
    pub(crate) fn has_report(&self) -> bool {
        !self.log.is_empty()
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Response {
        self.send_as("alice", request).await
    }

    pub(crate) async fn send_as(&self, caller: &'static str, request: Request<Body>) -> Response {
        let (parts, body) = request.into_parts();
        self.http.handle(caller, parts, body).await
    }
}

/// A POST with what every client sends.
pub(crate) fn post() -> axum::http::request::Builder {
    Request::post("/mcp")
        .header("content-type", "application/json")
        .header("accept", "application/json, text/event-stream")
}

/// A modern request, with the headers that belong to it.
pub(crate) fn modern(method: &str, params: Value) -> Request<Body> {
    let body = modern_body(method, params);
    let name = ["name", "uri", "taskId"].iter().find_map(|key| body["params"][*key].as_str());
    let mut request = post().header("mcp-protocol-version", "2026-07-28").header("mcp-method", method);
    if let Some(name) = name {
        request = request.header("mcp-name", name);
    }
    request.body(Body::from(body.to_string())).unwrap()
}

/// The body of a modern request whose client can be asked by form and knows tasks.
pub(crate) fn modern_body(method: &str, mut params: Value) -> Value {
    let meta = &mut params["_meta"];
    if meta.is_null() {
        *meta = json!({});
    }
    meta["io.modelcontextprotocol/protocolVersion"] = json!("2026-07-28");
    meta["io.modelcontextprotocol/clientCapabilities"] =
        json!({"elicitation": {}, "extensions": {"io.modelcontextprotocol/tasks": {}}});
    json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
}

pub(crate) fn call(tool: &str, arguments: Value) -> Value {
    json!({"name": tool, "arguments": arguments})
}

/// The body of a response, parsed.
pub(crate) async fn body(response: Response) -> Value {
    let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    serde_json::from_slice(&bytes).unwrap_or_else(|_| panic!("no JSON: {bytes:?}"))
}

pub(crate) fn content_type(response: &Response) -> &str {
    response.headers()["content-type"].to_str().unwrap()
}

/// A legacy session of one client.
pub(crate) struct Legacy<'a> {
    pub(crate) server: &'a Server,
    pub(crate) id: String,
}

impl<'a> Legacy<'a> {
    pub(crate) async fn start(server: &'a Server, revision: &str) -> Self {
        let params = json!({
            "protocolVersion": revision,
            "capabilities": {"elicitation": {}},
            "clientInfo": {"name": "test", "version": "1"},
        });
        let request = json!({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params});
        let response = server.send(post().body(Body::from(request.to_string())).unwrap()).await;
        let id = response.headers()["mcp-session-id"].to_str().unwrap().to_owned();
        assert_eq!(body(response).await["result"]["protocolVersion"], revision);
        Self { server, id }
    }

    /// The same session, by way of another replica.
    pub(crate) fn on<'b>(&self, server: &'b Server) -> Legacy<'b> {
        Legacy { server, id: self.id.clone() }
    }

    pub(crate) fn request(&self, message: &Value) -> Request<Body> {
        post().header("mcp-session-id", &self.id).body(Body::from(message.to_string())).unwrap()
    }

    pub(crate) async fn send(&self, message: &Value) -> Response {
        self.server.send(self.request(message)).await
    }

    pub(crate) async fn call(&self, id: u64, tool: &str) -> Response {
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": call(tool, json!({}))})).await
    }

    pub(crate) async fn get(&self, last_event_id: Option<&str>) -> Response {
        let mut request = Request::get("/mcp").header("accept", "text/event-stream").header("mcp-session-id", &self.id);
        if let Some(last) = last_event_id {
            request = request.header("last-event-id", last);
        }
        self.server.send(request.body(Body::empty()).unwrap()).await
    }
}

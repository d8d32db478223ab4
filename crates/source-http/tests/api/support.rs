//! A server that remembers what it was asked, a catalog entry in a few lines, and calls of its tools.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::Request,
    response::Response,
};
use http::HeaderMap;
use puente_domain::Principal;
use puente_mcp::{Client, Era, Inputs, Outcome, ToolResult};
use puente_source_http::HttpConnector;
use puente_sources::{Call, Connector, Definition, Source, SourceError};
use puente_test_support::catalog;
use serde_json::{Map, Value, json};
use tokio::{net::TcpListener, task::JoinHandle, time::Instant};
use tokio_util::sync::CancellationToken;

/// Long enough for a busy machine; tests never wait for it to pass.
pub(crate) const LONG: Duration = Duration::from_mins(1);

/// A request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) method: String,
    /// With the query, as it was on the wire.
    pub(crate) target: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
}

/// A server that answers as the test says.
pub(crate) struct Api {
    pub(crate) address: SocketAddr,
    pub(crate) seen: Arc<Mutex<Vec<Seen>>>,
    serving: JoinHandle<()>,
}

impl Drop for Api {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Api {
    pub(crate) async fn start(answer: impl Fn(&Seen) -> Response + Clone + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = seen.clone();
        let router = Router::new().fallback(move |request: Request| {
            let (answer, log) = (answer.clone(), log.clone());
            async move {
                let (head, body) = request.into_parts();
                let request = Seen {
                    method: head.method.to_string(),
                    target: head.uri.to_string(),
                    headers: head.headers,
                    body: to_bytes(body, usize::MAX).await.unwrap().to_vec(),
                };
                log.lock().unwrap().push(request.clone());
                answer(&request)
            }
        });
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { address, seen, serving }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn last(&self) -> Seen {
        self.seen.lock().unwrap().last().unwrap().clone()
    }

    pub(crate) fn count(&self) -> usize {
        self.seen.lock().unwrap().len()
    }

    /// A source with this server as its API.
    pub(crate) fn source(&self, settings: Value, tools: &Value) -> Arc<dyn Source> {
        let mut settings = settings;
        settings["base_url"] = json!(self.url());
        HttpConnector.connect(definition(&settings, tools)).unwrap()
    }
}

/// An answer.
pub(crate) fn answer(status: u16, media_type: &str, body: impl Into<Body>) -> Response {
    Response::builder().status(status).header("content-type", media_type).body(body.into()).unwrap()
}

/// A definition like that of a catalog file: `settings` of the source, and its tools by name.
pub(crate) fn definition(settings: &Value, tools: &Value) -> Definition {
    catalog::definition("shop", settings, tools)
}

/// Calls a tool until `deadline` or until `cancel`; the arguments must fit its schema.
pub(crate) async fn run(
    source: &dyn Source,
    tool: &str,
    arguments: &Map<String, Value>,
    cancel: &CancellationToken,
    deadline: Instant,
) -> Result<ToolResult, SourceError> {
    let offer = source.offer();
    let offered = offer.tools.iter().find(|offered| offered.tool.name == tool).unwrap();
    let schema = Value::Object((*offered.tool.input_schema).clone());
    if let Err(error) = jsonschema::draft202012::new(&schema).unwrap().validate(&Value::Object(arguments.clone())) {
        panic!("{tool}: {error}\n{schema}");
    }
    let call = Call {
        tool,
        arguments,
        inputs: &Inputs::default(),
        principal: &Principal::anonymous(),
        client: &Client::silent(Era::Modern),
        cancel,
        deadline,
        max_bytes: 1 << 20,
    };
    let Outcome::Complete(result) = source.call(call).await? else { panic!("an API asks for nothing") };
    Ok(result)
}

pub(crate) async fn call(source: &dyn Source, tool: &str, arguments: Value) -> Result<ToolResult, SourceError> {
    let arguments = arguments.as_object().unwrap().clone();
    run(source, tool, &arguments, &CancellationToken::new(), Instant::now() + LONG).await
}

/// What the agent reads first.
pub(crate) fn text(result: &ToolResult) -> String {
    serde_json::to_value(&result.content).unwrap()[0]["text"].as_str().unwrap_or_default().to_owned()
}

pub(crate) fn structured(result: &ToolResult) -> Value {
    serde_json::from_str(result.structured.as_ref().unwrap().get()).unwrap()
}

/// All findings of `check`, one a line.
pub(crate) fn findings(definition: &Definition) -> String {
    let findings = HttpConnector.check(definition);
    let lines = findings.iter().map(|finding| format!("{}: {}", finding.location.0, finding.message));
    lines.collect::<Vec<_>>().join("\n")
}

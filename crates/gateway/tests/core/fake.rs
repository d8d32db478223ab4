//! A kind of source whose tools do what the test says: `act` in their settings.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use puente_domain::catalog::SourceKind;
use puente_mcp::{InputRequired, McpError, Outcome, ToolResult};
use puente_sources::{
    Call, Checked, Connector, Definition, Effect, Finding, Location, Offer, Source, SourceError, SourceEvent, ToolOffer,
};
use rmcp::model::{ContentBlock, JsonObject, Resource, ResourceContents, Tool};
use serde_json::{Map, Value, json, value::RawValue};
use tokio::sync::{Semaphore, broadcast, watch};

/// What the test sees of all fake sources, and holds in its hands.
pub(crate) struct Backstage {
    /// Every call that reached a source: tool, caller.
    pub(crate) calls: Mutex<Vec<(String, String)>>,
    /// What sources were made from.
    pub(crate) definitions: Mutex<Vec<Map<String, Value>>>,
    /// What systems were asked with before anything was saved.
    pub(crate) verified: Mutex<Vec<Map<String, Value>>>,
    /// Tools that `hold` wait for a permit.
    pub(crate) gate: Semaphore,
    /// How many calls were stopped because their caller left.
    pub(crate) stopped: AtomicUsize,
    /// How many calls have begun and not ended.
    pub(crate) inside: watch::Sender<usize>,
    pub(crate) closed: watch::Sender<usize>,
    /// How many sources were closed in the middle of a call.
    pub(crate) cut_off: AtomicUsize,
    pub(crate) events: broadcast::Sender<SourceEvent>,
    /// A tool that every source offers beyond those of the catalog.
    pub(crate) surprise: watch::Sender<Option<&'static str>>,
}

impl Default for Backstage {
    fn default() -> Self {
        Self {
            calls: Mutex::default(),
            definitions: Mutex::default(),
            verified: Mutex::default(),
            gate: Semaphore::new(0),
            stopped: AtomicUsize::new(0),
            inside: watch::Sender::new(0),
            closed: watch::Sender::new(0),
            cut_off: AtomicUsize::new(0),
            events: broadcast::channel(16).0,
            surprise: watch::Sender::new(None),
        }
    }
}

impl Backstage {
    pub(crate) fn count(&self, tool: &str) -> usize {
        self.calls.lock().unwrap().iter().filter(|(called, _)| called == tool).count()
    }

    /// Returns when so many calls are inside sources.
    pub(crate) async fn wait_inside(&self, calls: usize) {
        self.inside.subscribe().wait_for(|inside| *inside == calls).await.unwrap();
    }
}

pub(crate) struct FakeConnector(pub(crate) Arc<Backstage>);

#[async_trait]
impl Connector for FakeConnector {
    fn kind(&self) -> SourceKind {
        SourceKind::Http
    }

    fn check(&self, definition: &Definition) -> Vec<Finding> {
        let mut findings = Vec::new();
        if definition.settings.contains_key("urll") {
            // As serde says it: without the place.
            findings.push(finding("", "unknown field `urll`, expected `url`"));
        }
        for (index, (tool, _)) in definition.tools.iter().enumerate() {
            for key in tool.settings.keys() {
                if !["act", "schema", "output", "writes", "size"].contains(&key.as_str()) {
                    findings.push(finding(format!("tools[{index}].{key}"), format!("unknown field `{key}`")));
                }
            }
        }
        findings
    }

    async fn verify(&self, definition: &Definition) -> Vec<Finding> {
        self.0.verified.lock().unwrap().push(definition.settings.clone());
        let broken = |tool: &puente_domain::catalog::ToolRecord| tool.settings.get("act") == Some(&json!("broken"));
        let tools = definition.tools.iter().enumerate().filter(|(_, (tool, _))| broken(tool));
        tools.map(|(index, _)| finding(format!("tools[{index}].act"), "no such column: x")).collect()
    }

    fn connect(&self, definition: Definition) -> Result<Arc<dyn Source>, SourceError> {
        self.0.definitions.lock().unwrap().push(definition.settings.clone());
        let offer = offer(&definition);
        let changes = watch::Sender::new(());
        let (told, mut surprise) = (changes.clone(), self.0.surprise.subscribe());
        tokio::spawn(async move {
            while surprise.changed().await.is_ok() {
                told.send_replace(());
            }
        });
        Ok(Arc::new(FakeSource { backstage: self.0.clone(), definition, offer: Arc::new(offer), changes }))
    }

    async fn draft(&self, definition: &Definition) -> Result<String, SourceError> {
        Ok(format!("sources: [{{name: {}}}]", definition.name))
    }

    fn secret_settings(&self) -> &'static [&'static str] {
        &["url"]
    }
}

fn finding(location: impl Into<String>, message: impl Into<String>) -> Finding {
    Finding { location: Location(location.into()), message: message.into(), fatal: true }
}

struct FakeSource {
    backstage: Arc<Backstage>,
    definition: Definition,
    offer: Arc<Offer>,
    changes: watch::Sender<()>,
}

fn offer(definition: &Definition) -> Offer {
    let tools = definition.tools.iter().map(|(record, settings)| {
        let schema =
            object(record.settings.get("schema")).unwrap_or_else(|| object(Some(&json!({"type": "object"}))).unwrap());
        let mut tool = Tool::new(record.name.to_string(), record.description.clone(), Arc::new(schema));
        tool.output_schema = object(record.settings.get("output")).map(Arc::new);
        let writes = record.settings.get("writes") == Some(&json!(true));
        let effect = if writes { Effect::Write { destructive: true, idempotent: false } } else { Effect::ReadOnly };
        ToolOffer { tool, effect, settings: settings.clone() }
    });
    let resources = vec![Resource::new("fake://watched", "watched")];
    Offer { tools: tools.collect(), resources, ..Offer::default() }
}

fn object(value: Option<&Value>) -> Option<JsonObject> {
    value?.as_object().cloned()
}

/// Counts a call for as long as it lasts.
struct Inside<'a>(&'a Backstage);

impl<'a> Inside<'a> {
    fn new(backstage: &'a Backstage) -> Self {
        backstage.inside.send_modify(|inside| *inside += 1);
        Self(backstage)
    }
}

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        self.0.inside.send_modify(|inside| *inside -= 1);
    }
}

#[async_trait]
impl Source for FakeSource {
    fn offer(&self) -> Arc<Offer> {
        let Some(surprise) = *self.backstage.surprise.borrow() else { return self.offer.clone() };
        let mut offer = Offer::clone(&self.offer);
        let schema = object(Some(&json!({"type": "object"}))).unwrap();
        let tool = Tool::new(surprise, "New.", Arc::new(schema));
        offer.tools.push(ToolOffer {
            tool,
            effect: Effect::ReadOnly,
            settings: puente_sources::ToolSettings::default(),
        });
        Arc::new(offer)
    }

    fn changes(&self) -> watch::Receiver<()> {
        self.changes.subscribe()
    }

    fn events(&self) -> Option<broadcast::Receiver<SourceEvent>> {
        Some(self.backstage.events.subscribe())
    }

    async fn call(&self, call: Call<'_>) -> Result<Outcome<ToolResult>, SourceError> {
        self.backstage.calls.lock().unwrap().push((call.tool.to_owned(), call.principal.name.to_string()));
        let _inside = Inside::new(&self.backstage);
        let record = self.definition.tools.iter().find(|(record, _)| record.name.as_str() == call.tool);
        let settings = &record.ok_or_else(|| SourceError::failed("no such tool"))?.0.settings;
        match settings.get("act").and_then(Value::as_str).unwrap_or("echo") {
            "echo" => Ok(structured(&json!({"arguments": call.arguments, "caller": call.principal.name}))),
            "list" => Ok(structured(&json!(["a", "b"]))),
            "hold" => self.hold(&call).await,
            "stubborn" => std::future::pending().await,
            "fail" => Err(SourceError::Unavailable {
                name: self.definition.name.to_string(),
                message: "the database does not answer".to_owned(),
                cause: Some("connection refused: db.internal:5432".into()),
            }),
            "crash" => Err(McpError::InvalidParams("upstream says no".to_owned()).into()),
            "big" => Ok(structured(&rows(settings))),
            "file" => Ok(Outcome::Complete(file())),
            "text" => Ok(Outcome::Complete(ToolResult::text("x".repeat(size(settings))))),
            "ask" if call.inputs.is_empty() => Ok(Outcome::InputRequired(InputRequired {
                requests: serde_json::from_value(json!({"q": {"method": "elicitation/create", "params": {
                    "mode": "form", "message": "Sure?", "requestedSchema": {"type": "object", "properties": {}},
                }}}))
                .unwrap(),
                state: Some(json!("s")),
            })),
            "ask" => Ok(structured(&json!({"answers": call.inputs.responses, "state": call.inputs.state}))),
            "hold-ask" if call.inputs.is_empty() => {
                self.hold(&call).await?;
                Ok(Outcome::InputRequired(InputRequired {
                    requests: serde_json::from_value(json!({"q": {"method": "elicitation/create", "params": {
                        "mode": "form", "message": "Sure?", "requestedSchema": {"type": "object", "properties": {}},
                    }}}))
                    .unwrap(),
                    state: None,
                }))
            }
            "hold-ask" => Ok(structured(&json!({"answers": call.inputs.responses}))),
            other => Err(SourceError::failed(format!("cannot {other}"))),
        }
    }

    async fn test(&self, _timeout: Duration) -> Result<Checked, SourceError> {
        Ok(Checked { system: "Fake 1".to_owned(), took: Duration::ZERO, warnings: Vec::new() })
    }

    async fn close(&self) {
        if *self.backstage.inside.borrow() > 0 {
            self.backstage.cut_off.fetch_add(1, Ordering::SeqCst);
        }
        self.backstage.closed.send_modify(|closed| *closed += 1);
    }
}

impl FakeSource {
    async fn hold(&self, call: &Call<'_>) -> Result<Outcome<ToolResult>, SourceError> {
        tokio::select! {
            biased;
            () = call.cancel.cancelled() => {
                self.backstage.stopped.fetch_add(1, Ordering::SeqCst);
                Err(SourceError::Cancelled)
            }
            () = tokio::time::sleep_until(call.deadline) => Err(SourceError::TimedOut { limit_ms: 1 }),
            permit = self.backstage.gate.acquire() => {
                permit.unwrap().forget();
                Ok(structured(&json!({"arguments": call.arguments, "caller": call.principal.name})))
            }
        }
    }
}

/// Three bytes that are no text.
fn file() -> ToolResult {
    let blob = ResourceContents::BlobResourceContents {
        uri: "attachment:a b.bin".to_owned(),
        mime_type: Some("application/x-bin".to_owned()),
        blob: "/wAB".to_owned(),
        meta: None,
    };
    ToolResult { content: vec![ContentBlock::text("here"), ContentBlock::resource(blob)], ..ToolResult::default() }
}

fn size(settings: &Map<String, Value>) -> usize {
    usize::try_from(settings.get("size").and_then(Value::as_u64).unwrap_or(0)).unwrap()
}

fn rows(settings: &Map<String, Value>) -> Value {
    let rows: Vec<Value> = (0..size(settings)).map(|id| json!({"id": id, "name": "something"})).collect();
    json!({"row_count": rows.len(), "truncated": false, "rows": rows})
}

fn structured(value: &Value) -> Outcome<ToolResult> {
    Outcome::Complete(ToolResult::structured(RawValue::from_string(value.to_string()).unwrap()))
}

//! Raw MCP requests over HTTP, in the modern era.

use reqwest::{Client, header::HeaderMap};
use serde_json::{Value, json};

use crate::{Answer, api::http_client};

/// The revision that raw requests speak.
const REVISION: &str = "2026-07-28";

/// One endpoint as one caller sees it.
#[derive(Clone)]
pub struct Mcp {
    http: Client,
    url: String,
    token: String,
    capabilities: Value,
}

impl Mcp {
    /// With an empty token, none is sent.
    #[must_use]
    pub fn new(url: &str, token: &str) -> Self {
        Self { http: http_client(), url: url.to_owned(), token: token.to_owned(), capabilities: json!({}) }
    }

    /// As a client that knows tasks.
    #[must_use]
    pub fn knowing_tasks(mut self) -> Self {
        self.capabilities = json!({"extensions": {"io.modelcontextprotocol/tasks": {}}});
        self
    }

    /// Sends one request.
    pub async fn send(&self, method: &str, params: Value) -> Answer {
        let mut request = self
            .http
            .post(&self.url)
            .header("Accept", "application/json, text/event-stream")
            .header("MCP-Protocol-Version", REVISION)
            .header("Mcp-Method", method);
        if let Some(name) = ["name", "uri", "taskId"].iter().find_map(|name| params.get(*name)?.as_str()) {
            request = request.header("Mcp-Name", name);
        }
        if !self.token.is_empty() {
            request = request.bearer_auth(&self.token);
        }
        match request.json(&message(method, params, &self.capabilities)).send().await {
            Ok(response) => Answer::read(response).await,
            Err(error) => Answer { status: 0, headers: HeaderMap::new(), body: Value::String(error.to_string()) },
        }
    }

    /// Calls a tool.
    pub async fn call(&self, tool: &str, arguments: Value) -> Answer {
        self.send("tools/call", json!({"name": tool, "arguments": arguments})).await
    }

    /// Calls a tool whose call goes on as a task, and returns the task's id.
    pub async fn start_task(&self, tool: &str, arguments: Value) -> String {
        let answer = self.call(tool, arguments).await;
        let id = answer.body["result"]["taskId"].as_str();
        id.unwrap_or_else(|| panic!("no task: {} {}", answer.status, answer.body)).to_owned()
    }

    /// What is known of a task.
    pub async fn task(&self, id: &str) -> Answer {
        self.send("tasks/get", json!({"taskId": id})).await
    }

    /// The names of the tools that the caller sees.
    pub async fn tool_names(&self) -> Vec<String> {
        let body = self.send("tools/list", json!({})).await.expect(200);
        let tools = body["result"]["tools"].as_array().unwrap_or_else(|| panic!("no tools in {body}"));
        tools.iter().map(|tool| tool["name"].as_str().expect("a name").to_owned()).collect()
    }
}

/// A modern request with the `_meta` that every one must carry.
pub(crate) fn message(method: &str, mut params: Value, capabilities: &Value) -> Value {
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": REVISION,
        "io.modelcontextprotocol/clientCapabilities": capabilities,
        "io.modelcontextprotocol/clientInfo": {"name": "puente-tests", "version": "1"},
    });
    json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
}

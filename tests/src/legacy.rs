//! A legacy client, by hand: requests of one session, each to whichever replica the test says.

use reqwest::{Client, RequestBuilder, Response};
use serde_json::{Value, json};

use crate::{Answer, api::http_client};

/// A session of the revision 2025-11-25.
pub struct Legacy {
    http: Client,
    key: String,
    session: String,
}

impl Legacy {
    /// Begins a session at an endpoint.
    pub async fn start(url: &str, key: &str) -> Self {
        let mut legacy = Self { http: http_client(), key: key.to_owned(), session: String::new() };
        let params = json!({"protocolVersion": "2025-11-25", "capabilities": {},
                            "clientInfo": {"name": "puente-tests", "version": "1"}});
        let answer = legacy.send(url, &Self::request(0, "initialize", params)).await;
        let session = answer.headers().get("mcp-session-id").expect("a session");
        session.to_str().expect("ASCII").clone_into(&mut legacy.session);
        legacy
    }

    /// A request.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "callers write json!({…}) in place")]
    pub fn request(id: u64, method: &str, params: Value) -> Value {
        json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params})
    }

    /// A request that calls a tool.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "callers write json!({…}) in place")]
    pub fn tool_call(id: u64, tool: &str, arguments: Value) -> Value {
        Self::request(id, "tools/call", json!({"name": tool, "arguments": arguments}))
    }

    /// A message to an endpoint, not sent yet.
    pub fn post(&self, url: &str, message: &Value) -> RequestBuilder {
        self.with_headers(self.http.post(url).json(message))
    }

    /// Sends a message to an endpoint.
    pub async fn send(&self, url: &str, message: &Value) -> Response {
        self.post(url, message).send().await.expect("an answer")
    }

    /// Calls a tool.
    pub async fn call(&self, url: &str, tool: &str, arguments: Value) -> Answer {
        Answer::read(self.send(url, &Self::tool_call(1, tool, arguments)).await).await
    }

    /// Ends the session.
    pub async fn end(&self, url: &str) -> Response {
        self.with_headers(self.http.delete(url)).send().await.expect("an answer")
    }

    fn with_headers(&self, request: RequestBuilder) -> RequestBuilder {
        let request = request.bearer_auth(&self.key).header("Accept", "application/json, text/event-stream");
        if self.session.is_empty() { request } else { request.header("Mcp-Session-Id", &self.session) }
    }
}

//! One message to the server, and everything that it answers.

use anyhow::{Context, bail};
use reqwest::{Response, StatusCode, header};
use serde_json::Value;
use tokio::sync::mpsc;

use super::{Upstream, message::Message, mirrored, sse::Parser};

/// `HeaderMismatch` (2026-07-28).
const HEADER_MISMATCH: i64 = -32020;

/// Sends the message, and passes on what comes back. A message that needs an answer gets one in any case.
pub(super) async fn send(upstream: &Upstream, message: &Message, lines: &mpsc::Sender<String>) {
    if let Err(error) = forward(upstream, message, lines).await {
        tracing::warn!(error = format!("{error:#}"), method = message.method(), "a message could not be forwarded");
        if let Some(answer) = message.failure(&error.to_string()) {
            let _ = lines.send(answer).await;
        }
    }
}

async fn forward(upstream: &Upstream, message: &Message, lines: &mpsc::Sender<String>) -> anyhow::Result<()> {
    let request = upstream.post(message).body(message.text.clone());
    let response = request.send().await.context("the Puente server on this data does not answer any more")?;
    let mut answer = Answer::of(response).await?;
    if answer.error_code() == Some(HEADER_MISMATCH) && message.method() == Some("tools/call") {
        // Nothing has run: the tool wants some arguments repeated in headers, which only its schema names.
        let headers = mirrored::headers(upstream, message).await?;
        let request =
            headers.into_iter().fold(upstream.post(message), |request, (name, value)| request.header(name, value));
        answer = Answer::of(request.body(message.text.clone()).send().await?).await?;
    }
    answer.pass_on(upstream, message, lines).await
}

/// What the server answers a POST with.
pub(super) enum Answer {
    /// Nothing.
    Accepted,
    /// One message.
    Json(Value, header::HeaderMap),
    /// Messages, as they come.
    Stream(Response),
}

impl Answer {
    pub(super) async fn of(response: Response) -> anyhow::Result<Self> {
        let (status, headers) = (response.status(), response.headers().clone());
        let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if kind.starts_with("text/event-stream") {
            return Ok(Self::Stream(response));
        }
        let body = response.bytes().await.context("the server's answer was cut off")?;
        // MCP errors come with a status of 400 and above, too.
        match serde_json::from_slice::<Value>(&body) {
            Ok(value) if value.is_array() || value.get("jsonrpc").is_some() => Ok(Self::Json(value, headers)),
            _ if status.is_success() => Ok(Self::Accepted),
            problem => bail!("{}", refusal(status, problem.ok().as_ref())),
        }
    }

    fn error_code(&self) -> Option<i64> {
        match self {
            Self::Json(value, _) => value["error"]["code"].as_i64(),
            _ => None,
        }
    }

    /// The one message of an answer to a request of ours.
    pub(super) async fn message(self) -> anyhow::Result<Value> {
        match self {
            Self::Accepted => bail!("the server did not answer"),
            Self::Json(value, _) => Ok(value),
            Self::Stream(mut response) => {
                let mut parser = Parser::default();
                while let Some(chunk) = response.chunk().await? {
                    parser.push(&chunk);
                    while let Some(event) = parser.next() {
                        let value: Value = serde_json::from_str(&event.data)?;
                        if value.get("method").is_none() {
                            return Ok(value);
                        }
                    }
                }
                bail!("the server did not answer")
            }
        }
    }

    async fn pass_on(self, upstream: &Upstream, message: &Message, lines: &mpsc::Sender<String>) -> anyhow::Result<()> {
        match self {
            Self::Accepted if message.id().is_none() => Ok(()),
            Self::Accepted => bail!("the server did not answer"),
            Self::Json(value, headers) => {
                if message.method() == Some("initialize") {
                    begin(upstream, &headers, &value);
                }
                Ok(lines.send(value.to_string()).await?)
            }
            Self::Stream(response) => stream(response, upstream, message, lines).await,
        }
    }
}

async fn stream(
    mut response: Response,
    upstream: &Upstream,
    message: &Message,
    lines: &mpsc::Sender<String>,
) -> anyhow::Result<()> {
    let headers = response.headers().clone();
    let (mut parser, mut answered) = (Parser::default(), false);
    while let Some(chunk) = response.chunk().await.context("the server's answer was cut off")? {
        parser.push(&chunk);
        while let Some(event) = parser.next() {
            let value: Value =
                serde_json::from_str(&event.data).context("the server sent something that is not JSON")?;
            let answers = value.get("method").is_none();
            if answers && message.method() == Some("initialize") {
                begin(upstream, &headers, &value);
            }
            answered |= answers;
            lines.send(value.to_string()).await?;
        }
    }
    if answered || message.id().is_none() { Ok(()) } else { bail!("the server's answer was cut off") }
}

fn begin(upstream: &Upstream, headers: &header::HeaderMap, answer: &Value) {
    if let Some(version) = answer["result"]["protocolVersion"].as_str() {
        upstream.begin(headers);
        upstream.agree(version);
    }
}

/// For the client, from a problem document (RFC 9457) if there is one.
fn refusal(status: StatusCode, problem: Option<&Value>) -> String {
    let detail = problem.and_then(|problem| problem["detail"].as_str().or(problem["title"].as_str()));
    let what = match status {
        StatusCode::UNAUTHORIZED => "the API key is refused (PUENTE_API_KEY)".to_owned(),
        StatusCode::NOT_FOUND => "the server knows no such virtual server or session".to_owned(),
        status => format!("the server refused it ({status})"),
    };
    detail.map_or_else(|| what.clone(), |detail| format!("{what}: {detail}"))
}

//! Streamable HTTP, both eras on one endpoint.
//!
//! The caller is known before this is asked: nothing here authenticates, and nothing before here reads the body.

mod accept;
mod answer;
mod delete;
mod exchange;
mod get;
mod legacy;
mod modern;
pub mod origin;
mod post;
mod session;
mod sessions;
mod sse;
mod stream;

use std::sync::Arc;

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures::{StreamExt, stream::BoxStream};
use http::{Method, StatusCode, header, request::Parts};
use tokio_util::task::AbortOnDropHandle;

pub(crate) use self::stream::single_line;
use self::{answer::Answer, exchange::Exchange, sessions::Sessions};
use crate::{
    Handler,
    service::{Options, Service},
    sessions::{SessionNews, SessionStore},
};

/// The MCP endpoint. Cheap to clone; one for all virtual servers, which the caller tells apart.
pub struct McpHttp<H: Handler>(Arc<Inner<H>>);

impl<H: Handler> Clone for McpHttp<H> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

struct Inner<H: Handler> {
    service: Arc<Service<H>>,
    sessions: Arc<Sessions>,
    _listening: AbortOnDropHandle<()>,
}

impl<H: Handler> McpHttp<H> {
    /// An endpoint of `service`. Without a `store` legacy sessions live in this process only. Needs a Tokio runtime.
    #[must_use]
    pub fn new(service: Arc<Service<H>>, store: Option<Arc<dyn SessionStore>>) -> Self {
        let sessions = Arc::new(Sessions::new(store));
        let listening = AbortOnDropHandle::new(tokio::spawn(listen(sessions.clone(), sessions.news())));
        Self(Arc::new(Inner { service, sessions, _listening: listening }))
    }

    /// How many legacy sessions this process keeps in memory.
    #[must_use]
    pub fn sessions(&self) -> usize {
        self.0.sessions.count()
    }

    /// Answers a request of an authenticated caller.
    ///
    /// `x-request-id` of `parts` is the id in the log. When the client disconnects, the server drops this future or the
    /// body of its response: that cancels a modern request, and a legacy one goes on without its client.
    pub async fn handle(&self, caller: H::Caller, parts: Parts, body: Body) -> Response {
        match parts.method {
            Method::POST => self.post(caller, parts, body).await,
            Method::GET => self.get(&caller, &parts).await,
            Method::DELETE => self.delete(&caller, &parts).await,
            _ => not_allowed("GET, POST, DELETE"),
        }
    }

    async fn post(&self, caller: H::Caller, parts: Parts, body: Body) -> Response {
        let options = &self.0.service.options;
        let accepts = match accept::check(&parts.headers) {
            Ok(accepts) => accepts,
            Err(refused) => return refused.into_response(),
        };
        if declared(&parts).is_some_and(|length| length > options.max_body) {
            return too_large(options).into_response();
        }
        let body = match read(body, options).await {
            Ok(body) => body,
            Err(refused) => return refused.into_response(),
        };
        let exchange = Exchange::new(accepts.sse);
        let work = post::process(self.clone(), caller, parts, body, exchange.clone());
        exchange.respond(Box::pin(work), options.keep_alive, options.retry).await
    }
}

/// Takes what other replicas tell.
async fn listen(sessions: Arc<Sessions>, mut news: BoxStream<'static, SessionNews>) {
    while let Some(news) = news.next().await {
        sessions.heed(news).await;
    }
}

async fn read(body: Body, options: &Options) -> Result<Bytes, Answer> {
    match tokio::time::timeout(options.body_timeout, axum::body::to_bytes(body, options.max_body)).await {
        Ok(Ok(body)) => Ok(body),
        Ok(Err(_)) => Err(too_large(options)),
        Err(_) => {
            let message = format!("the body did not arrive within {} s", options.body_timeout.as_secs());
            Err(Answer::refused(StatusCode::REQUEST_TIMEOUT, None, -32600, message))
        }
    }
}

/// What the client says that its body will be, in bytes.
fn declared(parts: &Parts) -> Option<usize> {
    parts.headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn too_large(options: &Options) -> Answer {
    let message = format!("the body is larger than {} bytes, or was cut off", options.max_body);
    Answer::refused(StatusCode::PAYLOAD_TOO_LARGE, None, -32600, message)
}

fn not_allowed(allow: &'static str) -> Response {
    (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, allow)]).into_response()
}

//! Requests over HTTP, and what their statuses mean.

use std::time::Duration;

use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue, Method, Request, Response, StatusCode,
    header::{ACCEPT, CONTENT_TYPE, RETRY_AFTER},
};
use http_body_util::Full;
use hyper::body::Incoming;
use puente_sources::outbound::{OutboundError, read_body};

use super::{Endpoint, HttpLink, SESSION, VERSION};
use crate::{
    error::LinkError,
    wire::{self, Incoming as Message},
};

/// How much of an error's body is read.
const ERROR_BODY: usize = 64 * 1024;
/// How long a message may take that nobody waits for.
const SMALL: Duration = Duration::from_secs(10);

impl HttpLink {
    /// Sends a message; the response has succeeded.
    pub(super) async fn post(&self, message: Vec<u8>, extra: HeaderMap) -> Result<Response<Incoming>, LinkError> {
        let mut request = Request::new(Full::new(Bytes::from(message)));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = self.endpoint.uri.clone();
        let headers = request.headers_mut();
        headers.extend(self.endpoint.headers.clone());
        headers.insert(ACCEPT, HeaderValue::from_static("application/json, text/event-stream"));
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        self.add_agreed(headers);
        headers.extend(extra);
        let response = self.endpoint.client.send(request).await.map_err(unreachable)?;
        if response.status().is_success() {
            return Ok(response);
        }
        Err(self.failure(response).await)
    }

    /// Sends a notification or an answer of ours.
    pub(in crate::link) async fn post_small(&self, message: Vec<u8>) -> Result<(), LinkError> {
        let posted = tokio::time::timeout(SMALL, self.post(message, HeaderMap::new())).await;
        posted.unwrap_or(Err(LinkError::Late)).map(drop)
    }

    /// Opens the stream of a legacy session, or goes on with one that broke.
    pub(super) async fn get(&self, last_event: Option<&str>) -> Result<Response<Incoming>, LinkError> {
        let mut request = Request::new(Full::default());
        *request.uri_mut() = self.endpoint.uri.clone();
        let headers = request.headers_mut();
        headers.extend(self.endpoint.headers.clone());
        headers.insert(ACCEPT, HeaderValue::from_static("text/event-stream"));
        self.add_agreed(headers);
        if let Some(Ok(id)) = last_event.map(HeaderValue::from_str) {
            headers.insert("last-event-id", id);
        }
        let response = self.endpoint.client.send(request).await.map_err(unreachable)?;
        if response.status().is_success() {
            return Ok(response);
        }
        Err(self.failure(response).await)
    }

    fn add_agreed(&self, headers: &mut HeaderMap) {
        if let Some(agreed) = self.agreed.get() {
            headers.insert(VERSION, agreed.version.clone());
            if let Some(session) = &agreed.session {
                headers.insert(SESSION, session.clone());
            }
        }
    }

    async fn failure(&self, response: Response<Incoming>) -> LinkError {
        let status = response.status();
        let after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
        let in_session = self.agreed.get().is_some_and(|agreed| agreed.session.is_some());
        if status == StatusCode::NOT_FOUND && in_session {
            self.gone.cancel();
            return LinkError::SessionGone;
        }
        match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => LinkError::Refused(status.as_u16()),
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
                LinkError::Busy { status: status.as_u16(), after }
            }
            _ => match read_body(response.into_body(), ERROR_BODY).await.ok().map(|body| wire::read(&body)) {
                Some(Ok(Message::Answer { outcome: Err(error), .. })) => LinkError::Rpc(error),
                _ => LinkError::Status(status.as_u16()),
            },
        }
    }
}

pub(crate) fn unreachable(error: OutboundError) -> LinkError {
    if error.was_not_sent() { LinkError::Unreachable(error.into()) } else { LinkError::Closed(Some(error.into())) }
}

/// Ends a legacy session. Nobody waits for it, and an upstream need not know how.
pub(super) async fn delete(endpoint: Endpoint, session: HeaderValue, version: HeaderValue) {
    let mut request = Request::new(Full::default());
    *request.method_mut() = Method::DELETE;
    *request.uri_mut() = endpoint.uri;
    let headers = request.headers_mut();
    headers.extend(endpoint.headers);
    headers.insert(SESSION, session);
    headers.insert(VERSION, version);
    let _ = tokio::time::timeout(SMALL, endpoint.client.send(request)).await;
}

//! HTTP with SSE (2024-11-05): messages to the upstream are POSTs, everything that comes back is on one stream.

use std::sync::Arc;

use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue, Method, Request, Uri,
    header::{ACCEPT, CONTENT_TYPE},
};
use http_body_util::Full;
use tokio::sync::mpsc;
use url::Url;

use super::{LineLink, Shared};
use crate::{
    error::LinkError,
    link::{
        Events, SMALL,
        http::{Endpoint, EventStream, is_stream, unreachable},
    },
};

/// Opens the stream and waits for the `endpoint` event that says where POSTs go.
pub(crate) async fn connect(endpoint: &Endpoint, events: Events, asks: bool) -> Result<Arc<LineLink>, LinkError> {
    let mut request = Request::new(Full::default());
    *request.uri_mut() = endpoint.uri.clone();
    request.headers_mut().extend(endpoint.headers.clone());
    request.headers_mut().insert(ACCEPT, HeaderValue::from_static("text/event-stream"));
    let response = endpoint.client.send(request).await.map_err(unreachable)?;
    if !response.status().is_success() || !is_stream(response.headers()) {
        return Err(LinkError::Status(response.status().as_u16()));
    }
    let mut stream = EventStream::new(response.into_body(), SMALL);
    let first = stream.next().await?.filter(|event| event.kind == "endpoint");
    let first = first.ok_or_else(|| LinkError::garbage("the first event is not `endpoint`"))?;
    let uri = post_to(&endpoint.uri, &String::from_utf8_lossy(&first.data))?;
    let (link, outgoing) = LineLink::new(events, asks);
    tokio::spawn(write(Endpoint { uri, ..endpoint.clone() }, outgoing, link.shared.clone()));
    tokio::spawn(read(stream, link.shared.clone()));
    Ok(link)
}

/// Credentials go nowhere else than where the catalog says: another host is refused.
fn post_to(base: &Uri, said: &str) -> Result<Uri, LinkError> {
    let joined = Url::parse(&base.to_string()).and_then(|base| Ok((base.join(said.trim())?, base)));
    match joined {
        Ok((url, base)) if url.origin() == base.origin() => {
            url.as_str().parse().map_err(|error: http::uri::InvalidUri| LinkError::Garbage(error.into()))
        }
        _ => Err(LinkError::garbage("the upstream wants messages to be sent to another host")),
    }
}

async fn write(endpoint: Endpoint, mut outgoing: mpsc::Receiver<Vec<u8>>, shared: Arc<Shared>) {
    loop {
        let message = tokio::select! {
            message = outgoing.recv() => message,
            () = shared.closed.cancelled() => None,
        };
        let Some(message) = message else { return shared.close() };
        let mut request = Request::new(Full::new(Bytes::from(message)));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = endpoint.uri.clone();
        let mut headers: HeaderMap = endpoint.headers.clone();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        *request.headers_mut() = headers;
        match endpoint.client.send(request).await {
            Ok(response) if response.status().is_success() => {}
            _ => return shared.close(),
        }
    }
}

async fn read(mut stream: EventStream, shared: Arc<Shared>) {
    loop {
        let event = tokio::select! {
            event = stream.next() => event,
            () = shared.closed.cancelled() => return,
        };
        match event {
            Ok(Some(event)) => shared.take(&event.data),
            Ok(None) | Err(_) => return shared.close(),
        }
    }
}

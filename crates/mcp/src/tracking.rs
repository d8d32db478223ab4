//! How a request is found again in logs and traces.

use std::sync::Arc;

use http::HeaderMap;

use crate::modern::is_traceparent;

/// What a transport knows about it.
#[derive(Clone, Debug)]
pub(crate) struct Tracking {
    /// The id in the log.
    pub(crate) request_id: Arc<str>,
    /// Of the transport; one in `_meta` wins.
    pub(crate) traceparent: Option<Arc<str>>,
}

impl Tracking {
    /// A request that says nothing about itself.
    pub(crate) fn new() -> Self {
        Self { request_id: uuid::Uuid::now_v7().simple().to_string().into(), traceparent: None }
    }

    /// A request over HTTP.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let request_id = text("x-request-id").map_or_else(|| Self::new().request_id, Into::into);
        let traceparent = text("traceparent").filter(|text| is_traceparent(text)).map(Into::into);
        Self { request_id, traceparent }
    }
}

//! Where messages to a client go while its request runs, and how a handler's notifications get there.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use rmcp::model::ErrorData;
use serde::Serialize;
use serde_json::{Value, value::RawValue};

use crate::{LoggingLevel, McpError, ProgressSink, envelope::Params, reply::notification};

/// A way to a client: a response stream, or stdio.
pub(crate) trait Outlet: Send + Sync {
    /// Sends a message; dropped if the client is gone or does not keep up.
    fn send(&self, message: Vec<u8>);

    /// See [`ProgressSink::close_stream`].
    fn close(&self) {}
}

/// Notifications of one request, until it ends: whoever holds on to its [`Client`](crate::Client) for longer tells
/// nothing any more.
pub(crate) struct CallSink {
    outlet: Arc<dyn Outlet>,
    progress_token: Option<Box<RawValue>>,
    /// The least severe level that the client asked for; `None` for no messages at all.
    level: Option<LoggingLevel>,
    ended: AtomicBool,
}

/// Ends a request's notifications when it is dropped.
pub(crate) struct SinkGuard(Arc<CallSink>);

impl Drop for SinkGuard {
    fn drop(&mut self) {
        self.0.ended.store(true, Ordering::Release);
    }
}

impl CallSink {
    /// A sink, and the guard that ends it.
    pub(crate) fn open(
        outlet: Arc<dyn Outlet>,
        progress_token: Option<Box<RawValue>>,
        level: Option<LoggingLevel>,
    ) -> (Arc<dyn ProgressSink>, SinkGuard) {
        let sink = Arc::new(Self { outlet, progress_token, level, ended: AtomicBool::new(false) });
        (sink.clone(), SinkGuard(sink))
    }

    fn send(&self, method: &str, params: &impl Serialize) {
        if !self.ended.load(Ordering::Acquire) {
            self.outlet.send(notification(method, params));
        }
    }

    /// The progress token of a request's `_meta`: a string or a number.
    pub(crate) fn progress_token(meta: &Params<'_>) -> Result<Option<Box<RawValue>>, McpError> {
        match meta.raw("progressToken") {
            Some(raw) if !raw.get().starts_with(['"', '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9']) => {
                Err(McpError::InvalidParams("`_meta.progressToken` must be a string or a number".to_owned()))
            }
            raw => Ok(raw.map(ToOwned::to_owned)),
        }
    }
}

impl ProgressSink for CallSink {
    fn log(&self, level: LoggingLevel, logger: Option<&str>, data: Value) {
        #[derive(Serialize)]
        struct Log<'a> {
            level: LoggingLevel,
            #[serde(skip_serializing_if = "Option::is_none")]
            logger: Option<&'a str>,
            data: Value,
        }
        if self.level.is_some_and(|least| level >= least) {
            self.send("notifications/message", &Log { level, logger, data });
        }
    }

    fn progress(&self, progress: f64, total: Option<f64>, message: Option<String>) {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Params<'a> {
            progress_token: &'a RawValue,
            progress: f64,
            #[serde(skip_serializing_if = "Option::is_none")]
            total: Option<f64>,
            #[serde(skip_serializing_if = "Option::is_none")]
            message: Option<String>,
        }
        if let Some(progress_token) = self.progress_token.as_deref() {
            let params = Params { progress_token, progress, total, message };
            self.send("notifications/progress", &params);
        }
    }

    fn wants_progress(&self) -> bool {
        self.progress_token.is_some()
    }

    fn log_level(&self) -> Option<LoggingLevel> {
        self.level
    }

    fn close_stream(&self) {
        self.outlet.close();
    }
}

/// A request that its client has given up; there is nobody to answer.
pub(crate) fn cancelled() -> McpError {
    McpError::Raw(ErrorData::new(rmcp::model::ErrorCode(-32800), "the request was cancelled", None))
}

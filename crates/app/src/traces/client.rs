//! How spans travel: the exporter works on a thread of its own, HTTP on the runtime.

use std::{fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use opentelemetry_http::{HttpClient, HttpError};
use puente_domain::catalog::Origin;
use puente_sources::{Egress, Outbound, outbound::read_body};
use tokio::runtime::Handle;

/// The usual `OTEL_EXPORTER_OTLP_TIMEOUT`, for connecting alone; the exporter has no more patience than that for all.
const PATIENCE: Duration = Duration::from_secs(10);
/// Collectors answer in a few bytes.
const MAX_ANSWER: usize = 1 << 20;

pub(super) struct Client {
    outbound: Outbound,
    runtime: Handle,
}

impl Client {
    /// The collector is the operator's choice.
    pub(super) fn new() -> anyhow::Result<Self> {
        let outbound = Outbound::new(Arc::new(Egress::default()), Origin::Operator, PATIENCE);
        Ok(Self { outbound, runtime: Handle::try_current()? })
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").finish_non_exhaustive()
    }
}

#[async_trait]
impl HttpClient for Client {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let sending = send(self.outbound.clone(), request);
        // Timers, too, exist on the runtime only.
        self.runtime.spawn(async { tokio::time::timeout(PATIENCE, sending).await }).await??
    }
}

async fn send(outbound: Outbound, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
    let (head, body) = outbound.send(request.map(Into::into)).await?.into_parts();
    Ok(Response::from_parts(head, read_body(body, MAX_ANSWER).await?))
}

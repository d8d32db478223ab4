//! The listener of `METRICS_ADDR`.

use anyhow::Context;
use puente_api::{ApiState, ServeOptions};
use puente_config::Config;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Listens if the settings say so, until `closing` is cancelled. Nobody waits for its last answers.
///
/// # Errors
/// The address is in use, or none of this machine's.
pub(crate) async fn serve(config: &Config, state: &ApiState, closing: CancellationToken) -> anyhow::Result<()> {
    let Some(address) = config.server.metrics_addr else { return Ok(()) };
    let listener = TcpListener::bind(address).await;
    let listener = listener.with_context(|| format!("cannot listen on METRICS_ADDR {address}"))?;
    tracing::info!(url = format!("http://{}/metrics", listener.local_addr()?), "serving metrics");
    let router = puente_api::metrics_router(state.clone());
    tokio::spawn(puente_api::serve(listener, router, ServeOptions::new(config), closing));
    Ok(())
}

//! One client on standard input and output, without a server.

use anyhow::Context;
use puente_gateway::Actor;
use secrecy::{ExposeSecret, SecretString};

use crate::{App, doors, jobs::Background};

/// Serves one client over standard input and output until it closes its end, as the principal of `key` on the virtual
/// server `server`. The key is checked once, now.
///
/// # Errors
/// The key is refused, the principal may not use the virtual server, or the streams fail.
pub async fn serve_stdio(app: App, key: &SecretString, server: &str) -> anyhow::Result<()> {
    let principal = app.gateway.authenticate(key.expose_secret()).await.context("the API key is refused")?;
    app.gateway.start().await?;
    let background = Background::of_client(&app);
    let caller = app.gateway.enter(Actor { principal, ..Actor::operator() }, server).await;
    let caller = caller.with_context(|| format!("this key may not use the virtual server '{server}'"))?;
    let service = doors::service(&app);
    puente_mcp::stdio::serve(service.clone(), caller, tokio::io::stdin(), tokio::io::stdout()).await?;
    service.shutdown().await;
    background.drained().await;
    app.close().await;
    Ok(())
}

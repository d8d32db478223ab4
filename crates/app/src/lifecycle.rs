//! From the first connection to the last row: what happens when a server starts and stops.
//!
//! Start: take the data folder → listen → read the catalog → first start → take jobs → serve. Clients that connect early
//! wait in the kernel's queue.
//!
//! Stop, on SIGTERM: `/health/ready` answers 503, no more jobs are taken, and requests are still served for
//! `SHUTDOWN_DELAY`, so that balancers notice → the listener closes, streams end with a `retry` → calls and jobs in flight
//! get up to `SHUTDOWN_TIMEOUT`; jobs that take longer are given back → the audit trail is written, the database closes.
//! SIGINT (Ctrl-C) skips the delay, and a second signal of either kind does not wait for calls any more.

use anyhow::Context;
use puente_api::{Readiness, ServeOptions};
use puente_config::Database;
use puente_storage_sqlite::DataLock;
use tokio::{net::TcpListener, time::timeout};
use tokio_util::sync::CancellationToken;

use crate::{
    App, FirstStart, RunningServer, doors,
    first_start::first_start,
    jobs::Background,
    maintenance, metrics,
    signals::{Signal, Signals},
};

/// What is told once the server serves.
pub struct Served {
    /// What clients see: `http://127.0.0.1:8000`.
    pub url: String,
    /// What a new installation has made; to be shown now or never.
    pub first_start: Option<FirstStart>,
}

/// Serves until a signal ends it. `started` is called once requests are answered.
///
/// # Errors
/// In words for the operator: the port or the data folder is in use, the database cannot be written, …
pub async fn serve(app: App, started: impl FnOnce(Served)) -> anyhow::Result<()> {
    let mut signals = Signals::new()?;
    let _lock = lock(&app)?;
    let listener = listen(&app).await?;
    let port = listener.local_addr()?.port();
    app.gateway.start().await?;
    let first_start = first_start(&app.gateway, &app.config).await?;

    let background = Background::of_server(&app);
    let service = doors::service(&app);
    let state = doors::http(&app, service.clone(), port);
    let closing = CancellationToken::new();
    metrics::serve(&app.config, &state, closing.clone()).await?;
    let router = puente_api::router(state.clone());
    let serving = puente_api::serve(listener, router, ServeOptions::new(&app.config), closing.clone());
    let serving = tokio::spawn(serving);
    let watching = tokio::spawn(maintenance::Replica::of(&app, state.maintenance.clone()).watch());
    let running = RunningServer { pid: std::process::id(), url: app.config.server.local_url(port) };
    let announcement = running.announce(&app.config.server.data_dir).context("cannot write to DATA_DIR")?;
    tracing::info!(url = running.url, database = app.storage.backend(), "serving");
    started(Served { url: app.config.server.public_url(port), first_start });

    delay(&app, &state.readiness, &background, &mut signals).await;
    closing.cancel();
    let drained = async {
        let served = async {
            service.shutdown().await;
            serving.await
        };
        tokio::join!(served, background.drained())
    };
    tokio::select! {
        drained = timeout(app.config.server.shutdown_timeout, drained) => {
            if drained.is_err() {
                tracing::warn!("calls or jobs were still running after SHUTDOWN_TIMEOUT and were cut off");
            }
        }
        _ = signals.next() => tracing::warn!("stopping at once: calls in flight were cut off"),
    }
    watching.abort();
    drop(announcement);
    app.close().await;
    tracing::info!("stopped");
    Ok(())
}

/// Waits for the first signal, then lets balancers notice.
async fn delay(app: &App, readiness: &Readiness, background: &Background, signals: &mut Signals) {
    let signal = signals.next().await;
    tracing::info!(?signal, "stopping");
    readiness.drain();
    background.stop();
    if signal == Signal::Terminate {
        // A second signal ends the wait; elapsing is the usual end of it.
        let _ = timeout(app.config.server.shutdown_delay, signals.next()).await;
    }
}

/// One server at a time on an embedded database; PostgreSQL is made for several.
fn lock(app: &App) -> anyhow::Result<Option<DataLock>> {
    match &app.config.database.database {
        Database::Sqlite { .. } => Ok(Some(puente_storage_sqlite::lock_data_folder(&app.config.server.data_dir)?)),
        Database::Postgres { .. } => Ok(None),
    }
}

async fn listen(app: &App) -> anyhow::Result<TcpListener> {
    let address = app.config.server.bind_address();
    let listener = TcpListener::bind(&address).await;
    listener.with_context(|| format!("cannot listen on {address}; choose another PORT, or stop what uses it"))
}

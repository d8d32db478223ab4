//! A replica leaves the database to a transfer, and comes back once that has ended.

use std::{sync::Arc, time::Duration};

use puente_api::Maintenance;
use puente_gateway::Gateway;
use puente_storage::Storage;
use tokio::time::{Instant, sleep};

/// How often it is asked whether somebody wants the database.
const LOOK: Duration = Duration::from_secs(1);
/// How long requests get to end before the replica leaves anyway: the transfer's locks hold them up then.
const PATIENCE: Duration = Duration::from_secs(20);

/// Looks for a transfer for as long as the server runs.
pub(crate) async fn watch(storage: Arc<dyn Storage>, gateway: Arc<Gateway>, maintenance: Maintenance) {
    loop {
        sleep(LOOK).await;
        match storage.is_asked_to_leave().await {
            Ok(false) => {}
            Ok(true) => make_room(storage.as_ref(), &gateway, &maintenance).await,
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "the connection to the database was lost");
                come_back(storage.as_ref()).await;
            }
        }
    }
}

async fn make_room(storage: &dyn Storage, gateway: &Arc<Gateway>, maintenance: &Maintenance) {
    tracing::warn!("data is being moved into the database: this replica waits, and answers 503");
    maintenance.begin();
    let deadline = Instant::now() + PATIENCE;
    while !maintenance.is_idle() && Instant::now() < deadline {
        sleep(Duration::from_millis(10)).await;
    }
    gateway.settle().await;
    if let Err(error) = storage.leave().await {
        tracing::debug!(error = &error as &dyn std::error::Error, "the connection was lost, which is leaving, too");
    }
    come_back(storage).await;
    if let Err(error) = gateway.reload().await {
        tracing::error!(error = &error as &dyn std::error::Error, "the catalog could not be read; it is tried again");
    }
    maintenance.end();
    tracing::info!("this replica serves again");
}

async fn come_back(storage: &dyn Storage) {
    while let Err(error) = storage.come_back().await {
        tracing::debug!(error = &error as &dyn std::error::Error, "the database does not answer");
        sleep(LOOK).await;
    }
}

//! A replica leaves the database to a transfer, and comes back once that has ended.

use std::{sync::Arc, time::Duration};

use puente_api::Maintenance;
use puente_auth::{Tokens, Vault};
use puente_gateway::Gateway;
use puente_storage::Storage;
use tokio::time::{Instant, sleep};

use crate::{App, token_keys};

/// How often it is asked whether somebody wants the database.
const LOOK: Duration = Duration::from_secs(1);
/// How long requests get to end before the replica leaves anyway: the transfer's locks hold them up then.
const PATIENCE: Duration = Duration::from_secs(20);

/// A server's replica, as a transfer sees it.
pub(crate) struct Replica {
    storage: Arc<dyn Storage>,
    gateway: Arc<Gateway>,
    vault: Arc<Vault>,
    tokens: Arc<Tokens>,
    maintenance: Maintenance,
}

impl Replica {
    pub(crate) fn of(app: &App, maintenance: Maintenance) -> Self {
        let App { storage, gateway, vault, tokens, .. } = app;
        let (storage, gateway) = (storage.clone(), gateway.clone());
        Self { storage, gateway, vault: vault.clone(), tokens: tokens.clone(), maintenance }
    }

    /// Looks for a transfer for as long as the server runs.
    pub(crate) async fn watch(self) {
        loop {
            sleep(LOOK).await;
            match self.storage.is_asked_to_leave().await {
                Ok(false) => {}
                Ok(true) => self.make_room().await,
                Err(error) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "the connection to the database was lost");
                    self.come_back().await;
                }
            }
        }
    }

    async fn make_room(&self) {
        tracing::warn!("data is being moved into the database: this replica waits, and answers 503");
        self.maintenance.begin();
        let deadline = Instant::now() + PATIENCE;
        while !self.maintenance.is_idle() && Instant::now() < deadline {
            sleep(Duration::from_millis(10)).await;
        }
        self.gateway.settle().await;
        if let Err(error) = self.storage.leave().await {
            tracing::debug!(error = &error as &dyn std::error::Error, "the connection was lost, which is leaving, too");
        }
        self.come_back().await;
        match token_keys::of(self.storage.as_ref(), &self.vault).await {
            Ok(keys) => self.tokens.accept(&keys),
            Err(error) => tracing::warn!(%error, "tokens signed before the transfer are accepted after a restart"),
        }
        if let Err(error) = self.gateway.come_back().await {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "the catalog could not be read; it is tried again"
            );
        }
        self.maintenance.end();
        tracing::info!("this replica serves again");
    }

    async fn come_back(&self) {
        while let Err(error) = self.storage.come_back().await {
            tracing::debug!(error = &error as &dyn std::error::Error, "the database does not answer");
            sleep(LOOK).await;
        }
    }
}

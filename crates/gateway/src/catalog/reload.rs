//! From one moment of the catalog to the next: a running gateway looks at the versions each second, and at once after a
//! hint.

use std::{sync::Arc, time::Duration};

use puente_bus::Hint;
use tokio::{
    sync::broadcast::error::RecvError,
    time::{MissedTickBehavior, interval},
};

use super::{
    Rows, Snapshot,
    live::{Connection, Workshop},
    secrets::Secrets,
    snapshot::versions,
};
use crate::{Gateway, Result};

/// How often the versions are looked at.
const POLL: Duration = Duration::from_secs(1);

impl Gateway {
    /// Takes up what the database says now: connects new sources, closes removed ones after their last call, and tells
    /// subscribed clients what changed for them.
    pub async fn reload(&self) -> Result<()> {
        let mut live = self.live.lock().await;
        let (rows, secrets) = {
            let mut transaction = self.storage.read().await?;
            let rows = Rows::load(&mut *transaction).await?;
            (rows, Secrets::load(&mut *transaction, &self.vault, &self.settings.env_allow).await?)
        };
        let workshop = Workshop {
            connectors: &self.connectors,
            egress: &self.egress,
            bus: &self.bus,
            rates: &self.rates,
            offer_changed: &self.offer_changed,
        };
        let retired = live.update(&rows, &secrets, &workshop).await;
        let before = self.catalog.load().rows.clone();
        if before.versions.1 != rows.versions.1 {
            self.refresh_subscribers().await;
        }
        warn_of_opened(&before, &rows);
        self.swap(Snapshot::new(Arc::new(rows), live.sorted()));
        drop(live);
        self.pin_first_sights().await;
        for connection in retired {
            self.background.spawn(Connection::close(connection));
        }
        Ok(())
    }

    /// Takes up new offers of sources; the rows are the same.
    async fn take_up_offers(&self) {
        let live = self.live.lock().await;
        let rows = self.catalog.load().rows.clone();
        self.swap(Snapshot::new(rows, live.sorted()));
        drop(live);
        self.pin_first_sights().await;
    }

    async fn pin_first_sights(&self) {
        let catalog = self.catalog.load_full();
        for source in catalog.sources.iter().filter(|source| source.is_first_sight()) {
            self.accept_at_first_sight(source).await;
        }
    }

    fn swap(&self, next: Snapshot) {
        let next = Arc::new(next);
        let before = self.catalog.swap(next.clone());
        self.subscribers.tell(&before, &next);
    }

    /// Reloads if the versions are not those that were taken up last.
    async fn reload_if_changed(&self) -> Result<()> {
        let seen = self.catalog.load().rows.versions;
        let now = {
            let mut transaction = self.storage.read().await?;
            versions(&mut *transaction).await?
        };
        if seen == now { Ok(()) } else { self.reload().await }
    }

    /// Runs until the gateway stops.
    pub(crate) async fn keep_up(self: Arc<Self>) {
        let mut hints = self.bus.subscribe();
        let mut ticks = interval(POLL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = ticks.tick() => self.look().await,
                () = self.offer_changed.notified() => self.take_up_offers().await,
                hint = hints.recv() => match hint {
                    Ok(Hint::CatalogChanged | Hint::RightsChanged | Hint::Interrupted) | Err(RecvError::Lagged(_)) => {
                        self.look().await;
                    }
                    Ok(Hint::ResourceUpdated { source, uri }) => {
                        if let Ok(source) = source.parse() {
                            self.subscribers.resource_updated(&self.catalog.load(), &source, &uri);
                        }
                    }
                    Ok(Hint::TaskChanged { task, by }) => self.task_changed_elsewhere(task, &by).await,
                    Ok(Hint::JobsChanged | Hint::SessionChanged { .. } | Hint::SessionMessage { .. }) => {}
                    Err(RecvError::Closed) => return,
                },
            }
        }
    }

    async fn look(&self) {
        if let Err(error) = self.reload_if_changed().await {
            tracing::error!(error = &error as &dyn std::error::Error, "the catalog could not be read; trying again");
        }
    }
}

/// Whoever reads the log learns which virtual servers need no token, once each time that one becomes open.
fn warn_of_opened(before: &Rows, now: &Rows) {
    for name in now.open_servers().filter(|name| !before.open_servers().any(|open| open == *name)) {
        tracing::warn!(server = %name, "anyone may use this virtual server without a token: it says `open: true`");
    }
}

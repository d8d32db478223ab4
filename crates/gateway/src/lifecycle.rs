//! Start and stop.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use tokio::time::{MissedTickBehavior, interval};

use crate::{Gateway, Result};

/// How often limits forget callers.
const SWEEP: Duration = Duration::from_mins(1);

/// How often the audit trail is sealed.
const SEAL: Duration = Duration::from_secs(1);
/// So many times as seldom, also if this process has written nothing.
const OTHERS: u64 = 30;

impl Gateway {
    /// Reads the catalog, connects the sources, explains what a crash left behind, and starts what runs beside the
    /// calls. A source that is down does not keep the others from being served.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn start(self: &Arc<Self>) -> Result<()> {
        self.explain_intents().await?;
        self.reload().await?;
        self.started.store(true, Ordering::Relaxed);
        self.spawn(self.clone().keep_up());
        self.spawn(self.clone().sweep());
        self.spawn(self.clone().keep_sealed());
        Ok(())
    }

    /// Ends what runs beside the calls, closes the sources, and writes every audit row. Calls must be over.
    pub async fn stop(&self) {
        self.started.store(false, Ordering::Relaxed);
        self.stopping.cancel();
        self.background.close();
        self.background.wait().await;
        self.live.lock().await.close().await;
        if self.trail.flush().await.is_err() {
            tracing::error!(lost = self.trail.lost(), "the last rows of the audit trail could not be written");
        }
        if self.chain.has_written() {
            self.seal().await;
        }
    }

    /// Takes the database as it is now: a transfer may have put other data into it.
    pub async fn come_back(&self) -> Result<()> {
        self.chain.forget();
        self.reload().await
    }

    /// Writes every audit row that waits.
    pub async fn settle(&self) {
        if self.trail.flush().await.is_err() {
            tracing::error!(lost = self.trail.lost(), "rows of the audit trail could not be written");
        }
    }

    fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.background.spawn(self.stopping.clone().run_until_cancelled_owned(work));
    }

    /// Seals what this process has written, and now and then what others have left behind.
    async fn keep_sealed(self: Arc<Self>) {
        let mut ticks = interval(SEAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        for count in 0_u64.. {
            ticks.tick().await;
            if self.chain.has_written() || count.is_multiple_of(OTHERS) {
                self.seal().await;
            }
        }
    }

    async fn sweep(self: Arc<Self>) {
        let mut ticks = interval(SWEEP);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            self.limits.sweep();
            for offered in self.catalog.load().sources.iter().filter_map(|source| source.offered()) {
                offered.tools.iter().for_each(|tool| tool.limits.sweep());
            }
        }
    }
}

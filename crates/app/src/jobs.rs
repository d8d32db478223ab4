//! The handlers of the durable queue, and the worker of this process.

use std::{sync::Arc, time::Duration};

use anyhow::Context;
use puente_auth::Vault;
use puente_config::{Config, ConfigErrors, Problem};
use puente_gateway::{
    Gateway,
    jobs::{Prune, Pruner, TaskRunner},
};
use puente_queue::{Cron, CronError, Handlers, Worker, WorkerOptions};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::{
    App,
    backups::{BackUp, Backups},
};

/// When old rows are deleted: each hour, not on the hour, when everything else in a house is done.
const PRUNE: &str = "17 * * * *";
/// What is left of `SHUTDOWN_TIMEOUT` to give jobs back.
const GIVE_BACK: Duration = Duration::from_secs(4);
/// How long jobs may go on when the client has left.
const CLIENT_LEFT: Duration = Duration::from_secs(1);

/// What this program can do in the background; a line for each kind of job.
pub(crate) fn handlers(gateway: &Arc<Gateway>, config: &Config, vault: &Arc<Vault>) -> anyhow::Result<Handlers> {
    let weak = || Arc::downgrade(gateway);
    let handlers = Handlers::default().with(TaskRunner(weak()));
    let handlers = handlers.every(PRUNE.parse()?, &Prune {}, Pruner(weak()));
    let handlers = handlers.context("the background jobs cannot be registered")?;
    let Some(schedule) = &config.backup.schedule else { return Ok(handlers) };
    let schedule: Cron = schedule.parse().map_err(|error| unfollowable(&error))?;
    let backups = Backups::new(config, vault.clone())?;
    handlers.every(schedule, &BackUp {}, backups).context("backups cannot be scheduled")
}

/// What the queue says of `BACKUP_SCHEDULE`.
fn unfollowable(error: &CronError) -> ConfigErrors {
    ConfigErrors(vec![Problem { setting: "BACKUP_SCHEDULE".to_owned(), message: error.to_string() }])
}

/// The worker of a process that serves.
pub(crate) struct Background {
    stop: CancellationToken,
    worker: JoinHandle<()>,
}

impl Background {
    /// Starts the worker of a server.
    pub(crate) fn of_server(app: &App) -> Self {
        Self::start(app, app.config.server.shutdown_timeout.saturating_sub(GIVE_BACK))
    }

    /// Starts the worker of a process that serves one client. When that leaves, nobody waits for long.
    pub(crate) fn of_client(app: &App) -> Self {
        Self::start(app, CLIENT_LEFT)
    }

    fn start(app: &App, drain: Duration) -> Self {
        let stop = CancellationToken::new();
        let options = WorkerOptions { drain, ..WorkerOptions::default() };
        let worker = Worker::new(app.gateway.queue().clone(), options);
        Self { worker: tokio::spawn(worker.run(stop.clone())), stop }
    }

    /// Takes no more jobs from now on.
    pub(crate) fn stop(&self) {
        self.stop.cancel();
    }

    /// Waits until every job has ended or was given back.
    pub(crate) async fn drained(self) {
        self.stop.cancel();
        if let Err(error) = self.worker.await {
            tracing::error!(%error, "the worker of the queue failed");
        }
    }
}

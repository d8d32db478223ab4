//! Backups by themselves: a recurring job that does what `puente backup --prune` does.

use std::sync::Arc;

use anyhow::Context;
use async_trait::async_trait;
use puente_auth::Vault;
use puente_config::{Config, Database};
use puente_domain::{Clock, SystemClock};
use puente_queue::{Job, JobError, JobHandler, Run, priority};
use puente_transfer::{Installation, Keys, Place, Progress, file_name};
use serde::{Deserialize, Serialize};

use crate::shelf::Shelf;

/// Takes a backup, and deletes old ones.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub(crate) struct BackUp {}

impl Job for BackUp {
    const KIND: &'static str = "backup";
    const PRIORITY: i64 = priority::LOW;
    const MAX_ATTEMPTS: u32 = 3;
}

/// The handler of [`BackUp`].
pub(crate) struct Backups {
    installation: Installation,
    shelf: Shelf,
    keep: usize,
    passphrase: Option<Arc<Vault>>,
}

impl Backups {
    pub(crate) fn new(config: &Config, vault: Arc<Vault>) -> anyhow::Result<Self> {
        let passphrase = config.backup.passphrase.clone().map(|passphrase| Vault::new(&[passphrase])).transpose();
        Ok(Self {
            installation: Installation {
                place: place(config.database.database.clone()),
                keys: Keys { vault, tokens: Vec::new() },
                uploads: config.server.uploads_dir.clone(),
                data: config.server.data_dir.clone(),
            },
            shelf: Shelf::of(config)?,
            keep: config.backup.keep.get(),
            passphrase: passphrase.context("BACKUP_PASSPHRASE cannot be used")?.map(Arc::new),
        })
    }
}

#[async_trait]
impl JobHandler for Backups {
    type Job = BackUp;

    async fn run(&self, _: BackUp, run: &Run) -> Result<(), JobError> {
        let name = file_name(SystemClock.now());
        let progress = Progress::default();
        let backup = self.shelf.put(&name, &self.installation, self.passphrase.clone(), &progress);
        let ended = || JobError::transient("the process ended before the backup was whole");
        run.cancel.run_until_cancelled(backup).await.ok_or_else(ended)?.map_err(|error| failed(&error))?;
        let deleted = self.shelf.prune(self.keep).await.map_err(|error| failed(&error))?;
        tracing::info!(backup = self.shelf.shown(&name), deleted = deleted.len(), "backed up");
        Ok(())
    }
}

fn failed(error: &anyhow::Error) -> JobError {
    tracing::error!(error = AsRef::<dyn std::error::Error>::as_ref(error), "the scheduled backup failed");
    JobError::transient(error.to_string())
}

/// Where the database of the settings is.
#[must_use]
pub fn place(database: Database) -> Place {
    match database {
        // Reports name it, for a way back from wherever that is started.
        Database::Sqlite { path } => Place::Sqlite(std::path::absolute(&path).unwrap_or(path)),
        Database::Postgres { url } => Place::Postgres(url),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use puente_domain::JobId;
    use puente_storage::Storage;
    use tokio_util::sync::CancellationToken;

    use super::*;

    #[tokio::test]
    async fn a_whole_backup_is_taken_and_old_ones_go() {
        let data = tempfile::tempdir().unwrap();
        let database = data.path().join("puente.db");
        puente_storage_sqlite::open(&database, puente_storage_sqlite::SqliteOptions::default())
            .await
            .unwrap()
            .close()
            .await;
        let folder = data.path().join("backups");
        fs::create_dir(&folder).unwrap();
        let old = folder.join("puente-20260101T000000Z.backup");
        fs::write(&old, "an old one").unwrap();
        let vault = Arc::new(Vault::new(&["a key of enough length for it".into()]).unwrap());
        let installation = Installation {
            place: Place::Sqlite(database),
            keys: Keys { vault, tokens: Vec::new() },
            uploads: data.path().join("uploads"),
            data: data.path().to_owned(),
        };
        let backups = Backups { installation, shelf: Shelf::Folder(folder.clone()), keep: 1, passphrase: None };
        let run = Run { id: JobId::new(), attempt: 1, cancel: CancellationToken::new() };
        backups.run(BackUp {}, &run).await.unwrap();
        let files: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert!(files.len() == 1 && files[0] != old, "{files:?}");
        puente_transfer::Archive::check(&files[0], None).unwrap();
    }
}

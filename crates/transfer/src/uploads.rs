//! The uploaded files of a transfer: how much they take, how they come, and how they go again if it fails.

use std::path::Path;

use crate::{
    error::{Error, Result, io},
    files,
    journal::{self, Journal},
    report::FilesReport,
    side::Place,
    transfer::Installation,
};

/// How many bytes the target has not yet.
pub(crate) fn missing(from: &Installation, to: &Installation) -> Result<u64> {
    match &from.place {
        Place::Backup(archive) => {
            let there: u64 = files::list(&to.uploads)?.values().sum();
            Ok(archive.manifest.files.bytes.saturating_sub(there))
        }
        Place::Sqlite(_) | Place::Postgres(_) => files::missing(&from.uploads, &to.uploads),
    }
}

/// Brings every file, for the transfer `id`; `before` is the one whose files were in place until now.
pub(crate) async fn bring(
    from: &Installation,
    to: &Installation,
    id: &str,
    before: Option<String>,
) -> Result<FilesReport> {
    let (place, from, to) = (from.place.clone(), from.uploads.clone(), to.uploads.clone());
    let id = id.to_owned();
    let bring = move || {
        let begun = Journal::begin(&to, &id, before.as_deref());
        let mut journal = begun.map_err(io(format!("cleaning up {}", to.display())))?;
        match place {
            Place::Backup(archive) => archive.extract_files(&to, &mut journal),
            Place::Sqlite(_) | Place::Postgres(_) => files::copy(&from, &to, &mut journal),
        }
    };
    tokio::task::spawn_blocking(bring).await.map_err(|_| Error::Interrupted)?
}

/// Removes what the transfer `id` has brought, because it failed.
pub(crate) fn take_back(folder: &Path, id: &str) {
    if let Err(error) = journal::undo_of(folder, id) {
        let folder = folder.display();
        tracing::warn!(%error, %folder, "files that were copied are still there; the next transfer removes them");
    }
}

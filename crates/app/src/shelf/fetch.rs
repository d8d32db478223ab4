//! A backup of the shelf as a file of this machine.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use anyhow::Context;
use puente_config::{BackupPlace, Config};
use tempfile::TempPath;

/// What a copy begins with that was read from a bucket.
const COPY: &str = ".puente-fetched-";

/// A backup as a file of this machine.
#[derive(Debug)]
pub enum Fetched {
    /// It lay here.
    Here(PathBuf),
    /// A copy, removed in the end.
    Copy(TempPath),
}

impl AsRef<Path> for Fetched {
    fn as_ref(&self) -> &Path {
        match self {
            Self::Here(path) => path,
            Self::Copy(path) => path,
        }
    }
}

/// The backup that somebody names; one in a bucket is copied into the data folder.
///
/// # Errors
/// There is none, or it cannot be copied.
pub async fn fetch(place: &BackupPlace, config: &Config) -> anyhow::Result<Fetched> {
    let (bucket, path) = match place {
        BackupPlace::Folder(path) => return Ok(Fetched::Here(path.clone())),
        BackupPlace::S3 { bucket, path } => (bucket, path),
    };
    let (prefix, name) = path.rsplit_once('/').unwrap_or(("", path));
    let bucket = super::open(bucket, prefix, config)?;
    let folder = &config.server.data_dir;
    let doing = || format!("copying {} into {}", bucket.shown(name), folder.display());
    fs::create_dir_all(folder).with_context(doing)?;
    sweep(folder).with_context(doing)?;
    let copy = tempfile::Builder::new().prefix(COPY).tempfile_in(folder).with_context(doing)?;
    copy.as_file().lock_shared().with_context(doing)?;
    let mut file = tokio::fs::File::from_std(copy.reopen().with_context(doing)?);
    bucket.read(name, &mut file).await?;
    Ok(Fetched::Copy(copy.into_temp_path()))
}

/// Removes copies that killed commands have left.
fn sweep(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let is_copy = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(COPY));
        if is_copy && File::open(&path)?.try_lock().is_ok() {
            fs::remove_file(&path)?;
        }
    }
    Ok(())
}

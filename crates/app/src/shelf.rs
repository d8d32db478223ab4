//! Where backups lie: a folder, or a bucket of S3.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, bail};
use puente_auth::Vault;
use puente_config::{BackupPlace, Config};
use puente_domain::SystemClock;
use puente_s3::{Address, Bucket, Credentials, Upload};
use puente_transfer::{BackupOptions, Destination, Installation, Manifest, Progress};
use tempfile::TempPath;

use crate::settings;

/// What a copy begins with that was read from a bucket.
const COPY: &str = ".puente-fetched-";

/// Where backups lie.
#[derive(Clone, Debug)]
pub enum Shelf {
    /// Here.
    Folder(PathBuf),
    /// Elsewhere.
    Bucket(Bucket),
}

impl Shelf {
    /// The shelf that the settings name.
    ///
    /// # Errors
    /// There can be no such bucket.
    pub fn of(config: &Config) -> anyhow::Result<Self> {
        match &config.backup.place {
            BackupPlace::Folder(folder) => Ok(Self::Folder(folder.clone())),
            BackupPlace::S3 { bucket, path } => Self::bucket(bucket, path, config),
        }
    }

    /// A bucket, of which only what lies below `prefix` is meant.
    ///
    /// # Errors
    /// The settings have no key for it, or there can be no such bucket.
    pub fn bucket(bucket: &str, prefix: &str, config: &Config) -> anyhow::Result<Self> {
        let s3 = &config.backup.s3;
        let key = s3.access_key.clone();
        let (key, secret) = key.context("BACKUP_S3_ACCESS_KEY_ID and BACKUP_S3_SECRET_ACCESS_KEY are needed")?;
        let prefix = prefix.trim_end_matches('/');
        let prefix = if prefix.is_empty() { String::new() } else { format!("{prefix}/") };
        let (endpoint, region) = (s3.endpoint.clone(), s3.region.clone());
        let address = Address { endpoint, region, bucket: bucket.to_owned(), prefix };
        let bucket = Bucket::new(address, &Credentials { key, secret }, Arc::new(settings::egress(config)))?;
        Ok(Self::Bucket(bucket))
    }

    /// A backup's place, for people.
    #[must_use]
    pub fn shown(&self, name: &str) -> String {
        match self {
            Self::Folder(folder) => folder.join(name).display().to_string(),
            Self::Bucket(bucket) => bucket.shown(name),
        }
    }

    /// Puts a backup of this moment onto the shelf.
    ///
    /// # Errors
    /// There is such a backup already, or it cannot be taken or put there; nothing is left of it then.
    pub async fn put(
        &self,
        name: &str,
        from: &Installation,
        passphrase: Option<Arc<Vault>>,
        progress: &Progress,
    ) -> anyhow::Result<Manifest> {
        let bucket = match self {
            Self::Folder(folder) => {
                let options = BackupOptions { file: folder.join(name), passphrase };
                return Ok(puente_transfer::backup(from, &options, &SystemClock, progress).await?);
            }
            Self::Bucket(bucket) => bucket,
        };
        if bucket.list().await?.iter().any(|there| there == name) {
            bail!("{} is there already", bucket.shown(name));
        }
        let to = Box::new(Object(bucket.write(name)));
        Ok(puente_transfer::backup_to(from, to, "backing up".to_owned(), passphrase, &SystemClock, progress).await?)
    }

    /// Deletes all but the newest backups; says which.
    ///
    /// # Errors
    /// The shelf cannot be read, or a backup cannot be deleted.
    pub async fn prune(&self, keep: usize) -> anyhow::Result<Vec<String>> {
        let bucket = match self {
            Self::Folder(folder) => {
                let gone = puente_transfer::prune(folder, keep)?;
                return Ok(gone.iter().map(|path| path.display().to_string()).collect());
            }
            Self::Bucket(bucket) => bucket,
        };
        let old = puente_transfer::outdated(bucket.list().await?, keep);
        for name in &old {
            bucket.delete(name).await?;
        }
        Ok(old.iter().map(|name| bucket.shown(name)).collect())
    }
}

/// An object that is being written.
struct Object(Upload);

impl Write for Object {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl Destination for Object {
    fn complete(self: Box<Self>) -> io::Result<()> {
        self.0.complete()
    }
}

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
    let Shelf::Bucket(bucket) = Shelf::bucket(bucket, prefix, config)? else { unreachable!("it is a bucket") };
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

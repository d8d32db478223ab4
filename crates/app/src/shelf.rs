//! Where backups lie: a folder, or a bucket of S3.

mod fetch;

use std::{
    io::{self, Write},
    path::PathBuf,
    sync::Arc,
};

use anyhow::{Context, bail};
use puente_auth::Vault;
use puente_config::{BackupPlace, Config};
use puente_domain::SystemClock;
use puente_s3::{Address, Bucket, Credentials, Upload};
use puente_transfer::{BackupOptions, Destination, Installation, Manifest, Progress};

pub use self::fetch::{Fetched, fetch};
use crate::settings;

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
        open(bucket, prefix, config).map(Self::Bucket)
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

fn open(bucket: &str, prefix: &str, config: &Config) -> anyhow::Result<Bucket> {
    let s3 = &config.backup.s3;
    let key = s3.access_key.clone();
    let (key, secret) = key.context("BACKUP_S3_ACCESS_KEY_ID and BACKUP_S3_SECRET_ACCESS_KEY are needed")?;
    let prefix = prefix.trim_end_matches('/');
    let prefix = if prefix.is_empty() { String::new() } else { format!("{prefix}/") };
    let (endpoint, region) = (s3.endpoint.clone(), s3.region.clone());
    let address = Address { endpoint, region, bucket: bucket.to_owned(), prefix };
    Ok(Bucket::new(address, &Credentials { key, secret }, Arc::new(settings::egress(config)))?)
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

//! `puente backup`: one file with everything but the keys.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Args, Subcommand};
use puente_app::{Fetched, Shelf};
use puente_config::{BackupPlace, Config, Overrides};
use puente_domain::{Clock, SystemClock};
use puente_transfer::{Archive, Manifest, Progress, file_name};

use crate::{
    exit::Misconfigured,
    global::Global,
    moving::{Ends, Role, passphrase, show},
    output,
};

const EXAMPLES: &str = "Examples:
  puente backup                                   # into BACKUP_DIR
  puente backup --to before-the-move.backup --passphrase-file passphrase.txt
  puente backup --prune                           # … and delete all but the newest BACKUP_KEEP
  puente backup --to s3://company-backups/puente  # with the access key of BACKUP_S3_ACCESS_KEY_ID
  puente backup verify backups/puente-20270131T030000Z.backup
  puente restore backups/puente-20270131T030000Z.backup

A backup holds the database and the uploaded files at one moment. It never holds ENCRYPTION_KEY: keep that elsewhere.";

#[derive(Args, Debug)]
#[command(after_help = EXAMPLES, args_conflicts_with_subcommands = true)]
pub(crate) struct Backup {
    #[command(subcommand)]
    action: Option<Action>,
    /// The file, or a folder for a file named by the time, or `s3://BUCKET/PREFIX` [setting: `BACKUP_DIR`]
    #[arg(long, value_name = "PATH")]
    to: Option<BackupPlace>,
    /// The database to back up [setting: `DATABASE_URL`]
    #[arg(long, value_name = "URL")]
    from: Option<String>,
    /// A file with a passphrase that seals the backup [setting: `BACKUP_PASSPHRASE`]
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// Delete all but the newest `BACKUP_KEEP` backups of the folder afterwards
    #[arg(long)]
    prune: bool,
    /// Print the manifest as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Read all of a backup, and check that it is whole
    Verify {
        /// The backup: a file, or `s3://BUCKET/NAME`
        file: BackupPlace,
        /// A file with its passphrase, if it is sealed [setting: `BACKUP_PASSPHRASE`]
        #[arg(long, value_name = "FILE")]
        passphrase_file: Option<PathBuf>,
        /// Print the manifest as JSON
        #[arg(long)]
        json: bool,
    },
}

impl Backup {
    pub(crate) async fn run(self, global: &Global) -> anyhow::Result<()> {
        let config = global.settings(Overrides::new())?;
        let _log = global.start_log(&config)?;
        if let Some(Action::Verify { file, passphrase_file, json }) = self.action {
            return verify(&file, passphrase_file.as_deref(), json, &config).await;
        }
        let from = Ends::only_from(self.from.clone()).installation(Role::From, &config)?;
        let (place, name) = self.place(&config)?;
        let passphrase = passphrase(self.passphrase_file.as_deref(), &config)?;
        let put = async |progress: Progress| place.put(&name, &from, passphrase, &progress).await;
        let manifest = show::while_working(put).await?;
        tell("Backed up", &manifest, &place.shown(&name), self.json)?;
        if self.prune {
            for gone in place.prune(config.backup.keep.get()).await? {
                output::done("Deleted", gone);
            }
        }
        Ok(())
    }

    /// Onto which shelf, and under which name.
    fn place(&self, config: &Config) -> anyhow::Result<(Shelf, String)> {
        let by_time = || file_name(SystemClock.now());
        match &self.to {
            None => Ok((Shelf::of(config)?, by_time())),
            Some(BackupPlace::Folder(folder)) if folder.is_dir() => Ok((Shelf::Folder(folder.clone()), by_time())),
            Some(BackupPlace::Folder(file)) => {
                let name = file.file_name().and_then(|name| name.to_str()).context("the backup needs a name")?;
                let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
                Ok((Shelf::Folder(folder.to_owned()), name.to_owned()))
            }
            Some(BackupPlace::S3 { bucket, path }) => {
                need_key(config)?;
                let name = path.rsplit('/').next().filter(|name| name.ends_with(".backup"));
                let prefix = name.map_or(path.as_str(), |name| path.strip_suffix(name).unwrap_or_default());
                let name = name.map_or_else(by_time, str::to_owned);
                Ok((Shelf::bucket(bucket, prefix, config)?, name))
            }
        }
    }
}

/// What stands in the way of asking a bucket is a setting.
pub(crate) fn need_key(config: &Config) -> Result<(), Misconfigured> {
    match config.backup.s3.access_key {
        Some(_) => Ok(()),
        None => Err(Misconfigured("give BACKUP_S3_ACCESS_KEY_ID and BACKUP_S3_SECRET_ACCESS_KEY".to_owned())),
    }
}

/// The named backup as a file of this machine.
pub(crate) async fn fetched(place: &BackupPlace, config: &Config) -> anyhow::Result<Fetched> {
    if matches!(place, BackupPlace::S3 { .. }) {
        need_key(config)?;
    }
    puente_app::fetch(place, config).await
}

async fn verify(
    place: &BackupPlace,
    passphrase_file: Option<&Path>,
    json: bool,
    config: &Config,
) -> anyhow::Result<()> {
    let file = fetched(place, config).await?;
    let archive = Archive::check(file.as_ref(), passphrase(passphrase_file, config)?)?;
    tell("Verified", &archive.manifest, &shown(place), json)
}

fn shown(place: &BackupPlace) -> String {
    match place {
        BackupPlace::Folder(path) => path.display().to_string(),
        BackupPlace::S3 { bucket, path } => format!("s3://{bucket}/{path}"),
    }
}

fn tell(verb: &str, manifest: &Manifest, place: &str, json: bool) -> anyhow::Result<()> {
    if json {
        return output::json(manifest);
    }
    show::tables(&manifest.tables);
    let rows: u64 = manifest.tables.iter().map(|table| table.rows).sum();
    let what = format!("{rows} rows and {} files of {}", manifest.files.count, manifest.header.created_at);
    output::done(verb, format_args!("{place}: {what}"));
    if manifest.secrets > 0 {
        output::hint(format_args!(
            "{} secrets in it need the ENCRYPTION_KEY with the fingerprint {}; it is not in the backup",
            manifest.secrets, manifest.header.encryption_key
        ));
    }
    Ok(())
}

//! `puente backup`: one file with everything but the keys.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Args, Subcommand};
use puente_config::{Config, Overrides};
use puente_domain::{Clock, SystemClock};
use puente_transfer::{Archive, BackupOptions, Manifest, file_name};

use crate::{
    global::Global,
    moving::{Ends, Role, passphrase, show},
    output,
};

const EXAMPLES: &str = "Examples:
  puente backup                                   # into BACKUP_DIR
  puente backup --to before-the-move.backup --passphrase-file passphrase.txt
  puente backup --prune                           # … and delete all but the newest BACKUP_KEEP
  puente backup verify backups/puente-20270131T030000Z.backup
  puente restore backups/puente-20270131T030000Z.backup

A backup holds the database and the uploaded files at one moment. It never holds ENCRYPTION_KEY: keep that elsewhere.";

#[derive(Args, Debug)]
#[command(after_help = EXAMPLES, args_conflicts_with_subcommands = true)]
pub(crate) struct Backup {
    #[command(subcommand)]
    action: Option<Action>,
    /// The file, or a folder for a file named by the time [setting: `BACKUP_DIR`]
    #[arg(long, value_name = "PATH")]
    to: Option<PathBuf>,
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
        /// The backup
        file: PathBuf,
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
            return verify(&file, passphrase_file.as_deref(), json, &config);
        }
        let from = Ends::only_from(self.from.clone()).installation(Role::From, &config)?;
        let file = self.file(&config);
        let options =
            BackupOptions { file: file.clone(), passphrase: passphrase(self.passphrase_file.as_deref(), &config)? };
        let manifest = show::while_working(|progress| async move {
            puente_transfer::backup(&from, &options, &SystemClock, &progress).await
        });
        let manifest = manifest.await?;
        tell("Backed up", &manifest, &file, self.json)?;
        if self.prune {
            let folder = file.parent().context("the backup lies in a folder")?;
            for gone in puente_transfer::prune(folder, config.backup.keep.get())? {
                output::done("Deleted", gone.display());
            }
        }
        Ok(())
    }

    fn file(&self, config: &Config) -> PathBuf {
        let path = self.to.as_ref().unwrap_or(&config.backup.dir);
        if self.to.is_none() || path.is_dir() { path.join(file_name(SystemClock.now())) } else { path.clone() }
    }
}

fn verify(file: &Path, passphrase_file: Option<&Path>, json: bool, config: &Config) -> anyhow::Result<()> {
    let archive = Archive::check(file, passphrase(passphrase_file, config)?)?;
    tell("Verified", &archive.manifest, file, json)
}

fn tell(verb: &str, manifest: &Manifest, file: &Path, json: bool) -> anyhow::Result<()> {
    if json {
        return output::json(manifest);
    }
    show::tables(&manifest.tables);
    let rows: u64 = manifest.tables.iter().map(|table| table.rows).sum();
    let what = format!("{rows} rows and {} files of {}", manifest.files.count, manifest.header.created_at);
    output::done(verb, format_args!("{}: {what}", file.display()));
    if manifest.secrets > 0 {
        output::hint(format_args!(
            "{} secrets in it need the ENCRYPTION_KEY with the fingerprint {}; it is not in the backup",
            manifest.secrets, manifest.header.encryption_key
        ));
    }
    Ok(())
}

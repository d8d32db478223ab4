//! `puente restore`: a backup becomes the data.

use std::{path::PathBuf, sync::Arc, time::Duration};

use clap::Args;
use puente_auth::Vault;
use puente_config::{BackupPlace, Overrides};
use puente_domain::SystemClock;
use puente_transfer::{Archive, Installation, Keys, Options, Place};

use super::backup::fetched;
use crate::{
    exit::Misconfigured,
    global::Global,
    moving::{self, Ends, Role, passphrase, show},
    output,
};

const EXAMPLES: &str = "Examples:
  puente restore backups/puente-20270131T030000Z.backup --dry-run
  puente restore backups/puente-20270131T030000Z.backup --replace
  puente restore laptop.backup --to postgresql://puente@db/puente --encryption-key-file laptop.key

Stop the server first. Everything is checked before anything is touched, and what is replaced stays until the rest is
there: an SQLite file beside the new one, PostgreSQL's rows in the same transaction.";

/// How long replicas on the target get to leave.
const PATIENCE: Duration = Duration::from_mins(1);

#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Restore {
    /// The backup: a file, or `s3://BUCKET/NAME`
    file: BackupPlace,
    /// The database to restore into [setting: `DATABASE_URL`]
    #[arg(long, value_name = "URL")]
    to: Option<String>,
    /// A file with the `ENCRYPTION_KEY` that sealed the backup's secrets, if it is another one than the target's
    #[arg(long, value_name = "FILE")]
    encryption_key_file: Option<PathBuf>,
    /// A file with the backup's passphrase, if it is sealed [setting: `BACKUP_PASSPHRASE`]
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// Replace what the target holds, even if it is more than a first start leaves
    #[arg(long)]
    replace: bool,
    /// Check everything, but change nothing
    #[arg(long)]
    dry_run: bool,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

impl Restore {
    pub(crate) async fn run(self, global: &Global) -> anyhow::Result<()> {
        let config = global.settings(Overrides::new())?;
        let _log = global.start_log(&config)?;
        let file = fetched(&self.file, &config).await?;
        let archive = Archive::check(file.as_ref(), passphrase(self.passphrase_file.as_deref(), &config)?)?;
        let to = Ends::only_to(self.to.clone(), None).installation(Role::To, &config)?;
        let vault = match &self.encryption_key_file {
            Some(file) => Arc::new(Vault::new(&moving::read_keys(file)?)?),
            None => to.keys.vault.clone(),
        };
        check_key(&archive, &vault)?;
        let from = Installation {
            place: Place::Backup(Arc::new(archive)),
            keys: Keys { vault, tokens: Vec::new() },
            uploads: PathBuf::new(),
            data: PathBuf::new(),
        };
        let options = Options { dry_run: self.dry_run, replace: self.replace, patience: PATIENCE };
        let report = show::while_working(|progress| async move {
            puente_transfer::transfer(&from, &to, options, &SystemClock, &progress).await
        });
        let report = report.await?;
        if self.json {
            return output::json(&report);
        }
        show::tables(&report.tables);
        report.notes.iter().for_each(output::warning);
        let what = format!("{} rows and {} files to {}", report.rows(), report.files.count, report.to);
        if self.dry_run {
            output::done("Checked", format_args!("{what}; nothing was changed"));
        } else {
            output::done("Restored", what);
        }
        Ok(())
    }
}

/// Says which key is needed, before anything else.
fn check_key(archive: &Archive, vault: &Vault) -> anyhow::Result<()> {
    let needed = &archive.manifest.header.encryption_key;
    if archive.manifest.secrets == 0 || vault.has_key(needed) {
        return Ok(());
    }
    let message = format!(
        "the backup's {} secrets need the ENCRYPTION_KEY with the fingerprint {needed}; give it by --encryption-key-file, or \
         put it behind the present one (`NEW,OLD`)",
        archive.manifest.secrets
    );
    Err(Misconfigured(message).into())
}

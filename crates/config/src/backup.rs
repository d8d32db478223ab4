//! Backups.

use std::{
    num::NonZeroUsize,
    path::{Path, PathBuf},
};

use secrecy::SecretString;

use crate::{parse, reader::Reader, setting::Setting};

const BACKUP_DIR: Setting = Setting::optional("BACKUP_DIR", "$DATA_DIR/backups", "Where backups are written");
const BACKUP_SCHEDULE: Setting =
    Setting::optional("BACKUP_SCHEDULE", "none", "When the server takes a backup, in UTC, as cron has it: `0 3 * * *`");
const BACKUP_KEEP: Setting =
    Setting::new("BACKUP_KEEP", "14", "How many backups a scheduled one and `puente backup --prune` leave");
const BACKUP_PASSPHRASE: Setting =
    Setting::secret("BACKUP_PASSPHRASE", "none", "Seals backups; without it they can be read by whoever has the file");

pub(crate) const SETTINGS: &[Setting] = &[BACKUP_DIR, BACKUP_SCHEDULE, BACKUP_KEEP, BACKUP_PASSPHRASE];

/// Backups.
#[derive(Clone, Debug)]
pub struct BackupSettings {
    /// `BACKUP_DIR`.
    pub dir: PathBuf,
    /// `BACKUP_SCHEDULE`: five fields of cron.
    pub schedule: Option<String>,
    /// `BACKUP_KEEP`.
    pub keep: NonZeroUsize,
    /// `BACKUP_PASSPHRASE`.
    pub passphrase: Option<SecretString>,
}

impl BackupSettings {
    pub(crate) fn read(reader: &mut Reader<'_>, data_dir: &Path) -> Self {
        Self {
            dir: reader.optional(&BACKUP_DIR, parse::path).unwrap_or_else(|| data_dir.join("backups")),
            schedule: reader.optional(&BACKUP_SCHEDULE, schedule),
            keep: reader.value(&BACKUP_KEEP, parse::count),
            passphrase: reader.optional(&BACKUP_PASSPHRASE, passphrase),
        }
    }
}

/// What the fields mean is for the queue to say; here only their number is looked at.
fn schedule(text: &str) -> Result<String, String> {
    let fields: Vec<&str> = text.split_whitespace().collect();
    if fields.len() == 5 { Ok(fields.join(" ")) } else { Err("five fields of cron: `0 3 * * *`".to_owned()) }
}

fn passphrase(text: &str) -> Result<SecretString, String> {
    let long = text.chars().count() >= 16;
    if long { Ok(text.into()) } else { Err("a passphrase of at least 16 characters".to_owned()) }
}

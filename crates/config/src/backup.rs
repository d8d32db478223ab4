//! Backups.

use std::{
    num::NonZeroUsize,
    path::{Path, PathBuf},
};

use secrecy::SecretString;

use crate::{parse, reader::Reader, setting::Setting};

const BACKUP_DIR: Setting = Setting::optional("BACKUP_DIR", "$DATA_DIR/backups", "Where backups are written");
const BACKUP_KEEP: Setting = Setting::new("BACKUP_KEEP", "14", "How many backups `puente backup --prune` leaves");
const BACKUP_PASSPHRASE: Setting =
    Setting::secret("BACKUP_PASSPHRASE", "none", "Seals backups; without it they can be read by whoever has the file");

pub(crate) const SETTINGS: &[Setting] = &[BACKUP_DIR, BACKUP_KEEP, BACKUP_PASSPHRASE];

/// Backups.
#[derive(Clone, Debug)]
pub struct BackupSettings {
    /// `BACKUP_DIR`.
    pub dir: PathBuf,
    /// `BACKUP_KEEP`.
    pub keep: NonZeroUsize,
    /// `BACKUP_PASSPHRASE`.
    pub passphrase: Option<SecretString>,
}

impl BackupSettings {
    pub(crate) fn read(reader: &mut Reader<'_>, data_dir: &Path) -> Self {
        Self {
            dir: reader.optional(&BACKUP_DIR, parse::path).unwrap_or_else(|| data_dir.join("backups")),
            keep: reader.value(&BACKUP_KEEP, parse::count),
            passphrase: reader.optional(&BACKUP_PASSPHRASE, passphrase),
        }
    }
}

fn passphrase(text: &str) -> Result<SecretString, String> {
    let long = text.chars().count() >= 16;
    if long { Ok(text.into()) } else { Err("a passphrase of at least 16 characters".to_owned()) }
}

//! Backups.

use std::{
    num::NonZeroUsize,
    path::{Path, PathBuf},
    str::FromStr,
};

use secrecy::SecretString;
use url::Url;

use crate::{parse, reader::Reader, setting::Setting};

const BACKUP_DIR: Setting = Setting::optional(
    "BACKUP_DIR",
    "$DATA_DIR/backups",
    "Where backups are written: a folder, or `s3://BUCKET/PREFIX`",
);
const BACKUP_SCHEDULE: Setting =
    Setting::optional("BACKUP_SCHEDULE", "none", "When the server takes a backup, in UTC, as cron has it: `0 3 * * *`");
const BACKUP_KEEP: Setting =
    Setting::new("BACKUP_KEEP", "14", "How many backups a scheduled one and `puente backup --prune` leave");
const BACKUP_PASSPHRASE: Setting =
    Setting::secret("BACKUP_PASSPHRASE", "none", "Seals backups; without it they can be read by whoever has the file");

const BACKUP_S3_ENDPOINT: Setting =
    Setting::optional("BACKUP_S3_ENDPOINT", "Amazon's", "The address of a server that speaks S3's protocol");
const BACKUP_S3_REGION: Setting = Setting::new("BACKUP_S3_REGION", "us-east-1", "The region of the bucket for backups");
const BACKUP_S3_ACCESS_KEY_ID: Setting =
    Setting::optional("BACKUP_S3_ACCESS_KEY_ID", "none", "The id of the access key for that bucket");
const BACKUP_S3_SECRET_ACCESS_KEY: Setting =
    Setting::secret("BACKUP_S3_SECRET_ACCESS_KEY", "none", "The secret of that access key");

pub(crate) const SETTINGS: &[Setting] = &[
    BACKUP_DIR,
    BACKUP_SCHEDULE,
    BACKUP_KEEP,
    BACKUP_PASSPHRASE,
    BACKUP_S3_ENDPOINT,
    BACKUP_S3_REGION,
    BACKUP_S3_ACCESS_KEY_ID,
    BACKUP_S3_SECRET_ACCESS_KEY,
];

/// Where backups lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BackupPlace {
    /// A folder, or, where a person names one, a file.
    Folder(PathBuf),
    /// A bucket of S3.
    S3 {
        /// Its name.
        bucket: String,
        /// What follows it, without a `/` at the beginning.
        path: String,
    },
}

impl FromStr for BackupPlace {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let Some(address) = text.strip_prefix("s3://") else { return parse::path(text).map(Self::Folder) };
        let (bucket, path) = address.split_once('/').unwrap_or((address, ""));
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
        if bucket.is_empty() || !bucket.chars().all(fits) || path.contains(char::is_control) {
            return Err("a folder, or s3://BUCKET/PREFIX".to_owned());
        }
        Ok(Self::S3 { bucket: bucket.to_owned(), path: path.to_owned() })
    }
}

/// How a bucket of S3 is reached.
#[derive(Clone, Debug)]
pub struct S3Settings {
    /// `BACKUP_S3_ENDPOINT`.
    pub endpoint: Option<Url>,
    /// `BACKUP_S3_REGION`.
    pub region: String,
    /// `BACKUP_S3_ACCESS_KEY_ID` and `BACKUP_S3_SECRET_ACCESS_KEY`.
    pub access_key: Option<(String, SecretString)>,
}

/// Backups.
#[derive(Clone, Debug)]
pub struct BackupSettings {
    /// `BACKUP_DIR`.
    pub place: BackupPlace,
    /// How a bucket is reached, if one is named.
    pub s3: S3Settings,
    /// `BACKUP_SCHEDULE`: five fields of cron.
    pub schedule: Option<String>,
    /// `BACKUP_KEEP`.
    pub keep: NonZeroUsize,
    /// `BACKUP_PASSPHRASE`.
    pub passphrase: Option<SecretString>,
}

impl BackupSettings {
    pub(crate) fn read(reader: &mut Reader<'_>, data_dir: &Path) -> Self {
        let place = reader.optional(&BACKUP_DIR, str::parse);
        let place = place.unwrap_or_else(|| BackupPlace::Folder(data_dir.join("backups")));
        let s3 = S3Settings::read(reader);
        if matches!(place, BackupPlace::S3 { .. }) && s3.access_key.is_none() {
            let both =
                "BACKUP_DIR names a bucket, so both BACKUP_S3_ACCESS_KEY_ID and BACKUP_S3_SECRET_ACCESS_KEY are needed";
            reader.problem(&BACKUP_S3_ACCESS_KEY_ID, both);
        }
        Self {
            place,
            s3,
            schedule: reader.optional(&BACKUP_SCHEDULE, schedule),
            keep: reader.value(&BACKUP_KEEP, parse::count),
            passphrase: reader.optional(&BACKUP_PASSPHRASE, passphrase),
        }
    }
}

impl S3Settings {
    fn read(reader: &mut Reader<'_>) -> Self {
        let key = reader.optional(&BACKUP_S3_ACCESS_KEY_ID, |text| parse::secret(text).map(|_| text.to_owned()));
        let secret = reader.optional(&BACKUP_S3_SECRET_ACCESS_KEY, parse::secret);
        Self {
            endpoint: reader.optional(&BACKUP_S3_ENDPOINT, parse::web_url),
            region: reader.value(&BACKUP_S3_REGION, |text| parse::secret(text).map(|_| text.to_owned())),
            access_key: key.zip(secret),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_folders_or_buckets() {
        let s3 = |bucket: &str, path: &str| Ok(BackupPlace::S3 { bucket: bucket.to_owned(), path: path.to_owned() });
        assert_eq!("s3://my.bucket/puente/daily/".parse(), s3("my.bucket", "puente/daily/"));
        assert_eq!("s3://bucket".parse(), s3("bucket", ""));
        assert_eq!("./backups".parse(), Ok(BackupPlace::Folder("./backups".into())));
        for text in ["s3://", "s3:///x", "s3://a b/", "s3://user@host/x"] {
            assert!(text.parse::<BackupPlace>().is_err(), "{text}");
        }
    }
}

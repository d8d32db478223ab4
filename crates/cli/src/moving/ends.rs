//! Which installation is meant: a database, and the keys and files that belong to it.
//!
//! An SQLite file stands for its data folder: keys in `keys/`, files in `uploads/` beside it. A PostgreSQL database, and
//! whatever is the database of the settings, has the keys and files of the settings. Flags win over both.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, anyhow};
use clap::Args;
use puente_auth::Vault;
use puente_config::{Config, Database, KeySource};
use puente_transfer::{Installation, Keys};
use secrecy::{ExposeSecret, SecretString};

use crate::exit::Misconfigured;

/// Which end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// It is only read: its keys must be there.
    From,
    /// It is written: its keys are made if there are none.
    To,
}

/// The passphrase of a backup, from a file or the settings.
pub(crate) fn passphrase(file: Option<&Path>, config: &Config) -> anyhow::Result<Option<Arc<Vault>>> {
    let keys = match (file, &config.backup.passphrase) {
        (Some(file), _) => read_passphrase(file)?,
        (None, Some(passphrase)) => passphrase.clone(),
        (None, None) => return Ok(None),
    };
    let vault = Vault::new(&[keys]).context("the passphrase cannot be used")?;
    Ok(Some(Arc::new(vault)))
}

fn read_passphrase(file: &Path) -> anyhow::Result<SecretString> {
    let text = std::fs::read_to_string(file);
    let text = text.with_context(|| format!("cannot read the passphrase file {}", file.display()))?;
    Ok(text.trim().into())
}

#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Ends {
    /// Where the data is: `sqlite:PATH` or `postgresql://…` [setting: `DATABASE_URL`]
    #[arg(long, value_name = "URL")]
    pub(crate) from: Option<String>,
    /// Where it goes: `sqlite:PATH` or `postgresql://…` [setting: `DATABASE_URL`]
    #[arg(long, value_name = "URL")]
    pub(crate) to: Option<String>,
    /// A file with the source's `ENCRYPTION_KEY` [default: `keys/` beside an SQLite file, else the settings']
    #[arg(long, value_name = "FILE")]
    from_encryption_key_file: Option<PathBuf>,
    /// A file with the source's `JWT_SECRET_KEY` [default: likewise]
    #[arg(long, value_name = "FILE")]
    from_jwt_secret_key_file: Option<PathBuf>,
    /// A file with the target's `ENCRYPTION_KEY` [default: likewise]
    #[arg(long, value_name = "FILE")]
    to_encryption_key_file: Option<PathBuf>,
    /// A file with the target's `JWT_SECRET_KEY` [default: likewise]
    #[arg(long, value_name = "FILE")]
    to_jwt_secret_key_file: Option<PathBuf>,
    /// The source's uploaded files [default: `uploads/` beside an SQLite file, else `UPLOADS_DIR`]
    #[arg(long, value_name = "FOLDER")]
    from_uploads: Option<PathBuf>,
    /// The target's uploaded files [default: likewise]
    #[arg(long, value_name = "FOLDER")]
    to_uploads: Option<PathBuf>,
}

impl Ends {
    /// The database `to`, with a key file of its own; the settings' without.
    pub(crate) fn only_to(to: Option<String>, encryption_key_file: Option<PathBuf>) -> Self {
        Self { to, to_encryption_key_file: encryption_key_file, from: Some(String::new()), ..Self::default() }
    }

    /// The database `from`; the settings' without.
    pub(crate) fn only_from(from: Option<String>) -> Self {
        Self { from, ..Self::default() }
    }

    /// One end, with its keys and files.
    pub(crate) fn installation(&self, role: Role, config: &Config) -> anyhow::Result<Installation> {
        let (url, encryption, jwt, uploads) = match role {
            Role::From => {
                (&self.from, &self.from_encryption_key_file, &self.from_jwt_secret_key_file, &self.from_uploads)
            }
            Role::To => (&self.to, &self.to_encryption_key_file, &self.to_jwt_secret_key_file, &self.to_uploads),
        };
        if self.from.is_none() && self.to.is_none() && role == Role::To {
            return Err(anyhow!("say where the data goes: --to postgresql://USER:PASSWORD@HOST/NAME"));
        }
        let database = match url {
            Some(url) => url.parse::<Database>().map_err(|expected| {
                Misconfigured(format!("--{} is not {expected}", if role == Role::From { "from" } else { "to" }))
            })?,
            None => config.database.database.clone(),
        };
        let home = Home::of(&database, config);
        let encryption = keys(encryption.as_deref(), &home, "encryption.key", &config.security.encryption, role)?;
        let vault = Vault::new(&encryption).context("ENCRYPTION_KEY cannot be used")?;
        let tokens = keys(jwt.as_deref(), &home, "jwt.key", &config.security.jwt, role)?;
        Ok(Installation {
            place: puente_app::place(database),
            keys: Keys { vault: Arc::new(vault), tokens },
            uploads: uploads.clone().unwrap_or_else(|| home.uploads(config)),
            data: home.data(config),
        })
    }
}

/// To which folder a database belongs.
enum Home {
    /// The settings say everything.
    Settings,
    /// An SQLite file in a folder of its own.
    Folder(PathBuf),
}

impl Home {
    fn of(database: &Database, config: &Config) -> Self {
        match (database, &config.database.database) {
            (Database::Postgres { .. }, _) => Self::Settings,
            (Database::Sqlite { path }, Database::Sqlite { path: own }) if same(path, own) => Self::Settings,
            (Database::Sqlite { path }, _) => {
                let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
                if same(folder, &config.server.data_dir) { Self::Settings } else { Self::Folder(folder.to_owned()) }
            }
        }
    }

    fn uploads(&self, config: &Config) -> PathBuf {
        match self {
            Self::Settings => config.server.uploads_dir.clone(),
            Self::Folder(folder) => folder.join("uploads"),
        }
    }

    fn data(&self, config: &Config) -> PathBuf {
        match self {
            Self::Settings => config.server.data_dir.clone(),
            Self::Folder(folder) => folder.clone(),
        }
    }
}

fn same(a: &Path, b: &Path) -> bool {
    a == b || matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b)
}

/// The keys of an end. Of a folder without keys, a server got them from its settings, as we do.
fn keys(
    flag: Option<&Path>,
    home: &Home,
    file: &str,
    settings: &KeySource,
    role: Role,
) -> anyhow::Result<Vec<SecretString>> {
    if let Some(path) = flag {
        return read_keys(path);
    }
    if let Home::Folder(folder) = home {
        let source = KeySource::Generated { path: folder.join("keys").join(file) };
        let given = matches!(settings, KeySource::Given(_));
        if source.exists() || (role == Role::To && !given) {
            return Ok(source.load_or_create()?);
        }
    }
    Ok(settings.load_or_create()?)
}

/// A list of keys: one a line, or with commas between them.
pub(crate) fn read_keys(path: &Path) -> anyhow::Result<Vec<SecretString>> {
    let text: SecretString =
        std::fs::read_to_string(path).with_context(|| format!("cannot read the key file {}", path.display()))?.into();
    let keys = text.expose_secret().split([',', '\n']).map(str::trim).filter(|key| !key.is_empty());
    let keys: Vec<SecretString> = keys.map(SecretString::from).collect();
    if keys.is_empty() {
        return Err(Misconfigured(format!("the key file {} is empty", path.display())).into());
    }
    Ok(keys)
}

//! Keys that Puente makes for itself, kept in `$DATA_DIR/keys`.

use std::{
    fs::{self, DirBuilder, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use rand::{TryRngCore, rngs::OsRng};
use secrecy::{ExposeSecret, SecretString};
use tempfile::NamedTempFile;

/// Where a list of keys comes from. The first key signs or seals, every key verifies or opens.
#[derive(Clone, Debug)]
pub enum KeySource {
    /// From the settings; at least one.
    Given(Vec<SecretString>),
    /// From a file that is made at the first use.
    Generated {
        /// One key a line, the newest first.
        path: PathBuf,
    },
}

/// A key file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file or its folder cannot be read or written.
    #[error("cannot {doing} the key file {}: {cause}", path.display())]
    Io {
        /// `read` or `write`.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// Why not.
        cause: io::Error,
    },
    /// The file is there, but holds no key.
    #[error("the key file {} is empty; restore it from a backup, or what it sealed is lost", .0.display())]
    Empty(PathBuf),
    /// The operating system gives no random bytes.
    #[error("the operating system gives no random bytes for a key: {0}")]
    Random(rand::rand_core::OsError),
}

impl KeySource {
    /// The keys, made and stored if there are none yet. Of several processes that do so at once, all get the same key.
    ///
    /// # Errors
    /// [`KeyError`], in words for the operator.
    pub fn load_or_create(&self) -> Result<Vec<SecretString>, KeyError> {
        match self {
            Self::Given(keys) => Ok(keys.clone()),
            Self::Generated { path } if path.exists() => read(path),
            Self::Generated { path } => {
                store(path, &[generate()?], false)?;
                read(path)
            }
        }
    }

    /// Whether the keys are there without making them.
    #[must_use]
    pub fn exists(&self) -> bool {
        match self {
            Self::Given(_) => true,
            Self::Generated { path } => path.exists(),
        }
    }
}

/// Puts a new key before those of a generated key file, which still verify and open. Returns all of them.
///
/// # Errors
/// [`KeyError`], in words for the operator.
pub fn rotate(path: &Path) -> Result<Vec<SecretString>, KeyError> {
    let mut keys = if path.exists() { read(path)? } else { Vec::new() };
    keys.insert(0, generate()?);
    store(path, &keys, true)?;
    Ok(keys)
}

/// 32 random bytes in hexadecimal.
fn generate() -> Result<SecretString, KeyError> {
    let mut bytes = [0u8; 32];
    OsRng.try_fill_bytes(&mut bytes).map_err(KeyError::Random)?;
    let mut text = String::with_capacity(64);
    for byte in bytes {
        text.push(HEX[usize::from(byte >> 4)]);
        text.push(HEX[usize::from(byte & 15)]);
    }
    Ok(text.into())
}

const HEX: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];

fn read(path: &Path) -> Result<Vec<SecretString>, KeyError> {
    let text = fs::read_to_string(path).map_err(|cause| io_error("read", path, cause))?;
    let keys: Vec<SecretString> =
        text.lines().map(str::trim).filter(|line| !line.is_empty()).map(SecretString::from).collect();
    if keys.is_empty() { Err(KeyError::Empty(path.to_owned())) } else { Ok(keys) }
}

/// Writes beside the file and moves into place, so that a crash leaves the old file or the new one, never half of one.
/// Without `replace`, a file that somebody else made meanwhile stays.
fn store(path: &Path, keys: &[SecretString], replace: bool) -> Result<(), KeyError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let write = || {
        private_folder(folder)?;
        let mut draft = NamedTempFile::new_in(folder)?;
        for key in keys {
            writeln!(draft, "{}", key.expose_secret())?;
        }
        draft.as_file().sync_all()?;
        let placed = if replace { draft.persist(path) } else { draft.persist_noclobber(path) };
        match placed {
            Err(error) if error.error.kind() != io::ErrorKind::AlreadyExists => Err(error.error),
            _ => File::open(folder)?.sync_all(),
        }
    };
    write().map_err(|cause| io_error("write", path, cause))
}

fn private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn io_error(doing: &'static str, path: &Path, cause: io::Error) -> KeyError {
    KeyError::Io { doing, path: path.to_owned(), cause }
}

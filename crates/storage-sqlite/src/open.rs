//! Opening the file.

use std::{
    fs::{DirBuilder, OpenOptions},
    io,
    path::Path,
    time::Duration,
};

use puente_storage::{Result, StorageError};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use crate::{SqliteStorage, lock::share_database, migrate::migrate, repositories::from_sqlx};

/// How many connections, and how patient.
#[derive(Clone, Copy, Debug)]
pub struct SqliteOptions {
    /// Connections that read, opened when they are needed.
    pub readers: u32,
    /// How long to wait for another process that writes, and for a free connection.
    pub patience: Duration,
}

impl Default for SqliteOptions {
    fn default() -> Self {
        Self { readers: 4, patience: Duration::from_secs(30) }
    }
}

/// Opens the database file and brings its schema up to date. What is missing is created: the file for its owner only
/// (mode 600), its folder likewise (mode 700). A file that others may read becomes its owner's, too.
///
/// # Errors
/// [`StorageError::TooNew`] if a newer Puente has changed the schema, [`StorageError::ReadOnly`] if the file cannot be
/// created or written, [`StorageError::Moving`] while a transfer has it for itself.
pub async fn open(path: &Path, options: SqliteOptions) -> Result<SqliteStorage> {
    let unwritable = |error: io::Error| StorageError::ReadOnly(format!("{}: {error}", path.display()));
    create_folder(path).map_err(unwritable)?;
    let lock = share_database(path)?;
    create(path).map_err(unwritable)?;
    #[cfg(unix)]
    keep_to_owner(path);
    let connect = SqliteConnectOptions::new().filename(path).foreign_keys(true).busy_timeout(options.patience);
    let writer = connect.clone().journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Full);
    let writer = pool(options, 1).connect_with(writer).await.map_err(from_sqlx)?;
    migrate(&mut *writer.acquire().await.map_err(from_sqlx)?).await?;
    let readers = pool(options, options.readers.max(1)).connect_lazy_with(connect.read_only(true));
    Ok(SqliteStorage::new(writer, readers, lock))
}

/// Connections live as long as the storage: each is a thread and a cache of pages.
fn pool(options: SqliteOptions, size: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(size)
        .acquire_timeout(options.patience)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
}

fn create_folder(path: &Path) -> io::Result<()> {
    let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) else { return Ok(()) };
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder)
}

/// Takes the rights of others away from files that had them: older ones, or ones that were copied here.
#[cfg(unix)]
fn keep_to_owner(path: &Path) {
    use std::{fs, os::unix::fs::PermissionsExt};
    const OTHERS: u32 = 0o077;
    for end in ["", "-wal", "-shm"] {
        let mut file = path.as_os_str().to_owned();
        file.push(end);
        let Ok(found) = fs::metadata(&file) else { continue };
        if found.permissions().mode() & OTHERS == 0 {
            continue;
        }
        let tightened = fs::set_permissions(&file, fs::Permissions::from_mode(0o600));
        let file = Path::new(&file).display();
        match tightened {
            Ok(()) => tracing::warn!(%file, "others could read the database file; now it is its owner's alone"),
            Err(error) => tracing::warn!(%file, %error, "others can read the database file; run `chmod 600` on it"),
        }
    }
}

/// The file, before SQLite would create it with the process's mask; its `-wal` and `-shm` take over its mode.
fn create(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.write(true).create_new(true).open(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

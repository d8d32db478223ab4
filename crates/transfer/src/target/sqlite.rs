//! An SQLite file as the target: a new file is made beside the old one, and takes its place at the end.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use puente_storage_sqlite::{SqliteOptions, UseLock};
use rusqlite::Connection;
use tempfile::TempPath;

use super::{Home, Target, fresh};
use crate::{
    disk,
    error::{Error, Result, io as failed, sqlite},
    fault,
    side::{Side, with},
    sqlite::strings,
};

/// A file on its way to become the database.
pub(super) struct Draft {
    /// Removed when the work fails.
    file: TempPath,
    path: PathBuf,
    /// Whether the old file holds something to be kept.
    keep: bool,
    /// What puts indexes back.
    indexes: Vec<String>,
    _lock: UseLock,
}

pub(super) async fn open(path: &Path) -> Result<Target> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(failed(format!("making {}", folder.display())))?;
    let lock = puente_storage_sqlite::claim_database(path).map_err(|error| {
        Error::InUse(format!("sqlite:{}: {error}; stop every server and command on the target", path.display()))
    })?;
    let (mut held, mut seen, mut files) = (BTreeMap::default(), BTreeMap::default(), None);
    let exists = path.exists();
    if exists {
        let mut old = Side::sqlite(path)?;
        // A file that is no database of ours must not be replaced.
        let schema = old.schema().await?;
        held = fresh::count_rows(&mut old, &schema).await?;
        seen = fresh::versions(&mut old, &schema).await?;
        files = fresh::files(&mut old, &schema).await?;
        old.close().await;
    }
    let prefix = format!(".puente-transfer-{}-", path.file_name().unwrap_or_default().to_string_lossy());
    sweep(folder, &prefix).map_err(failed(format!("removing old drafts in {}", folder.display())))?;
    let draft = tempfile::Builder::new().prefix(&prefix).suffix(".db").tempfile_in(folder);
    let draft = draft.map_err(failed(format!("making a file in {}", folder.display())))?.into_temp_path();
    let options = SqliteOptions::default();
    puente_storage::Storage::close(&puente_storage_sqlite::open(&draft, options).await?).await;
    puente_storage_sqlite::forget_lock(&draft);
    let side = Side::sqlite_draft(&draft)?;
    let mut target = Target {
        side,
        schema: crate::schema::Schema { version: 0, tables: Vec::new() },
        held,
        seen,
        files,
        home: Home::Sqlite(Box::new(Draft {
            file: draft,
            path: path.to_owned(),
            keep: exists,
            indexes: Vec::new(),
            _lock: lock,
        })),
    };
    target.schema = target.side.schema().await?;
    Ok(target)
}

/// Removes what killed transfers have left; nobody else works on this database now.
fn sweep(folder: &Path, prefix: &str) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(prefix) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

impl Draft {
    /// The new file lies beside the old one for a while.
    pub(super) fn lacks_space(&self, bytes: u64) -> Option<String> {
        disk::lacks(&self.path, bytes)
    }

    pub(super) async fn empty(&mut self, side: &mut Side) -> Result<()> {
        let Side::Sqlite(connection) = side else { return Ok(()) };
        let work = |connection: &Connection| {
            let indexes =
                strings(connection, "SELECT sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL", [])?;
            for name in
                strings(connection, "SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL", [])?
            {
                connection.execute_batch(&format!("DROP INDEX {}", crate::schema::quoted(&name)))?;
            }
            Ok(indexes)
        };
        self.indexes = with(connection.clone(), work).await.map_err(sqlite("pausing indexes"))?;
        Ok(())
    }

    pub(super) async fn complete(&mut self, side: &mut Side) -> Result<()> {
        for index in std::mem::take(&mut self.indexes) {
            side.run(index, "making indexes").await?;
        }
        let Side::Sqlite(connection) = side else { return Ok(()) };
        let check = |connection: &Connection| {
            let dangling = "SELECT 'table ' || \"table\" || ' refers to a row of ' || parent || ' that does not exist'
                            FROM pragma_foreign_key_check LIMIT 20";
            strings(connection, dangling, [])
        };
        let dangling = with(connection.clone(), check).await.map_err(sqlite("checking references"))?;
        if dangling.is_empty() { Ok(()) } else { Err(Error::Different(dangling)) }
    }

    /// The new file takes the place of the old one, which stays beside it if it held anything.
    pub(super) async fn commit(self: Box<Self>, side: Side) -> Result<()> {
        side.commit("writing the new file").await?;
        let path = self.path.clone();
        let doing = || format!("moving the new file to {}", path.display());
        let place = || {
            File::open(&self.file)?.sync_all()?;
            if self.keep {
                settle(&self.path)?;
                keep(&self.path)?;
            }
            Ok(())
        };
        place().map_err(failed(doing()))?;
        fault::point("transfer.swapping").await;
        let Self { file, _lock, .. } = *self;
        file.persist(&path).map_err(|error| failed(doing())(error.error))?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed(doing()))
    }
}

/// Takes the write-ahead log into the old file, so that none is left that would be played into the new one.
fn settle(path: &Path) -> io::Result<()> {
    let settle = || -> rusqlite::Result<()> {
        let connection = Connection::open(path)?;
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        connection.query_row("PRAGMA journal_mode = DELETE", [], |_| Ok(()))
    };
    settle().map_err(io::Error::other)?;
    for suffix in ["-wal", "-journal"] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        if fs::metadata(&name).is_ok_and(|file| file.len() > 0) {
            return Err(io::Error::other("the old file is still in use"));
        }
    }
    Ok(())
}

/// A second name for the old file, so that it survives.
fn keep(path: &Path) -> io::Result<()> {
    let kept = kept_name(path);
    match fs::remove_file(&kept) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    fs::hard_link(path, &kept)
}

/// Where the file lies that a transfer or a restore has replaced.
fn kept_name(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".replaced");
    name.into()
}

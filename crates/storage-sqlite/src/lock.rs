//! One server on one data folder, and one transfer on a database that nobody else uses.

use std::{
    ffi::OsString,
    fs::{File, OpenOptions, TryLockError},
    io::{self, Read, Seek, Write},
    path::{Path, PathBuf},
};

use puente_storage::{Result, StorageError};

/// The right to serve from a data folder. It ends when this value is dropped, or when its process ends in any way.
#[derive(Debug)]
pub struct DataLock(#[expect(dead_code, reason = "the open file holds the lock")] File);

/// Takes the lock of a data folder, `puente.lock`, and writes the process id into it.
///
/// # Errors
/// [`StorageError::InUse`] if another process has it, [`StorageError::ReadOnly`] if the file cannot be written.
pub fn lock_data_folder(folder: &Path) -> Result<DataLock> {
    std::fs::create_dir_all(folder).map_err(|error| unwritable(folder, &error))?;
    let path = folder.join("puente.lock");
    let mut file = open(&path)?;
    match file.try_lock() {
        Ok(()) => write_pid(&mut file).map_err(|error| unwritable(&path, &error))?,
        Err(TryLockError::WouldBlock) => return Err(StorageError::InUse { pid: read_pid(&mut file) }),
        Err(TryLockError::Error(error)) => return Err(unwritable(&path, &error)),
    }
    Ok(DataLock(file))
}

/// The right to use a database, beside others or alone; it ends like [`DataLock`].
#[derive(Debug)]
pub struct UseLock(#[expect(dead_code, reason = "the open file holds the lock")] File);

/// Takes part in using a database: every server and command does, while it has it open. The lock is the file beside it
/// that ends in `.lock`.
///
/// # Errors
/// [`StorageError::Moving`] while a transfer or a restore has it, [`StorageError::ReadOnly`] if the file cannot be written.
pub fn share_database(database: &Path) -> Result<UseLock> {
    let path = lock_of(database);
    let file = open(&path)?;
    match file.try_lock_shared() {
        Ok(()) => Ok(UseLock(file)),
        Err(TryLockError::WouldBlock) => Err(StorageError::Moving),
        Err(TryLockError::Error(error)) => Err(unwritable(&path, &error)),
    }
}

/// Takes a database for oneself, as a transfer or a restore does.
///
/// # Errors
/// [`StorageError::InUse`] while anybody else uses it, with the process of a server on the same folder, if there is one;
/// [`StorageError::ReadOnly`] if the lock's file cannot be written.
pub fn claim_database(database: &Path) -> Result<UseLock> {
    let path = lock_of(database);
    let file = open(&path)?;
    match file.try_lock() {
        Ok(()) => Ok(UseLock(file)),
        Err(TryLockError::WouldBlock) => Err(StorageError::InUse { pid: server_on(database) }),
        Err(TryLockError::Error(error)) => Err(unwritable(&path, &error)),
    }
}

/// Removes the lock's file of a database that nobody can find any more.
pub fn forget_lock(database: &Path) {
    // What is left behind is an empty file.
    let _ = std::fs::remove_file(lock_of(database));
}

fn lock_of(database: &Path) -> PathBuf {
    let mut name: OsString = database.as_os_str().to_owned();
    name.push(".lock");
    name.into()
}

fn open(path: &Path) -> Result<File> {
    let options = OpenOptions::new().read(true).write(true).create(true).truncate(false).clone();
    options.open(path).map_err(|error| unwritable(path, &error))
}

fn unwritable(path: &Path, error: &io::Error) -> StorageError {
    StorageError::ReadOnly(format!("{}: {error}", path.display()))
}

/// The process of the server on the database's folder; 0 if there is none.
fn server_on(database: &Path) -> u32 {
    let Some(folder) = database.parent() else { return 0 };
    let Ok(mut file) = File::open(folder.join("puente.lock")) else { return 0 };
    match file.try_lock_shared() {
        Err(TryLockError::WouldBlock) => read_pid(&mut file),
        _ => 0,
    }
}

fn write_pid(file: &mut File) -> io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "{}", std::process::id())
}

fn read_pid(file: &mut File) -> u32 {
    let mut text = String::new();
    file.read_to_string(&mut text).ok().and_then(|_| text.trim().parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_lock_names_the_process_that_has_the_first() {
        let folder = tempfile::tempdir().unwrap();
        let first = lock_data_folder(folder.path()).unwrap();
        let second = lock_data_folder(folder.path());
        assert!(matches!(second, Err(StorageError::InUse { pid }) if pid == std::process::id()), "{second:?}");
        drop(first);
        assert!(lock_data_folder(folder.path()).is_ok());
    }

    #[test]
    fn many_use_a_database_or_one_has_it() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("puente.db");
        let users = [share_database(&database).unwrap(), share_database(&database).unwrap()];
        assert!(matches!(claim_database(&database), Err(StorageError::InUse { pid: 0 })));
        let server = lock_data_folder(folder.path()).unwrap();
        let refused = claim_database(&database);
        assert!(matches!(refused, Err(StorageError::InUse { pid }) if pid == std::process::id()), "{refused:?}");
        drop((users, server));
        let alone = claim_database(&database).unwrap();
        assert!(matches!(share_database(&database), Err(StorageError::Moving)));
        drop(alone);
        share_database(&database).unwrap();
    }
}

//! One server on one data folder.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{self, Read, Seek, Write},
    path::Path,
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
    let path = folder.join("puente.lock");
    let unwritable = |error: io::Error| StorageError::ReadOnly(format!("{}: {error}", path.display()));
    std::fs::create_dir_all(folder).map_err(unwritable)?;
    let options = OpenOptions::new().read(true).write(true).create(true).truncate(false).clone();
    let mut file = options.open(&path).map_err(unwritable)?;
    match file.try_lock() {
        Ok(()) => write_pid(&mut file).map_err(unwritable)?,
        Err(TryLockError::WouldBlock) => return Err(StorageError::InUse { pid: read_pid(&mut file) }),
        Err(TryLockError::Error(error)) => return Err(unwritable(error)),
    }
    Ok(DataLock(file))
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
}

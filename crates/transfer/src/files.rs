//! Uploaded files: copied before the commit, compared by content.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

use crate::{
    digest::hex,
    error::{Result, io as failed},
    fault,
    journal::Journal,
    report::FilesReport,
};

/// What an interrupted copy leaves behind begins with this.
pub(crate) const DRAFT: &str = ".puente-transfer-";

/// Every file below a folder, by its path within it. No folder is no file.
pub(crate) fn list(folder: &Path) -> Result<BTreeMap<PathBuf, u64>> {
    let mut found = BTreeMap::new();
    let mut waiting = vec![PathBuf::new()];
    while let Some(below) = waiting.pop() {
        let path = folder.join(&below);
        let entries = match fs::read_dir(&path) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound && below.as_os_str().is_empty() => break,
            Err(error) => return Err(failed(format!("reading {}", path.display()))(error)),
        };
        for entry in entries {
            let entry = entry.map_err(failed(format!("reading {}", path.display())))?;
            let kind = entry.file_type().map_err(failed(format!("reading {}", path.display())))?;
            let name = below.join(entry.file_name());
            if kind.is_dir() {
                waiting.push(name);
            } else if kind.is_file() && !is_draft(&name) {
                let size = entry.metadata().map_err(failed(format!("reading {}", path.display())))?.len();
                found.insert(name, size);
            }
        }
    }
    Ok(found)
}

fn is_draft(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(DRAFT))
}

/// Whether both are the same folder, so that nothing has to be copied.
pub(crate) fn are_same(a: &Path, b: &Path) -> bool {
    matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b)
}

/// How many bytes the target has not yet, as far as names and sizes tell.
pub(crate) fn missing(from: &Path, to: &Path) -> Result<u64> {
    if are_same(from, to) {
        return Ok(0);
    }
    let there = list(to)?;
    let new = list(from)?.into_iter().filter(|(name, size)| there.get(name) != Some(size));
    Ok(new.map(|(_, size)| size).sum())
}

/// Copies what the target does not have yet, reading each copy again.
pub(crate) fn copy(from: &Path, to: &Path, journal: &mut Journal) -> Result<FilesReport> {
    let mut report = FilesReport::default();
    let files = list(from)?;
    let same = are_same(from, to);
    for (name, size) in &files {
        report.count += 1;
        report.bytes += size;
        if same || hash(&from.join(name))? == hash_if_there(&to.join(name))? {
            continue;
        }
        copy_one(from, to, name, journal)?;
        report.copied += 1;
    }
    Ok(report)
}

/// Writes beside the target and moves into place, so that a file is never half there.
fn copy_one(from: &Path, to: &Path, name: &Path, journal: &mut Journal) -> Result<()> {
    let (from, to) = (from.join(name), to.join(name));
    let folder = to.parent().unwrap_or(Path::new("."));
    let mut write = || {
        fs::create_dir_all(folder)?;
        let mut draft = draft_in(folder)?;
        io::copy(&mut File::open(&from)?, &mut draft)?;
        draft.as_file().sync_all()?;
        let written = hash_of(File::open(draft.path())?)?;
        if Some(written) != hash_of(File::open(&from)?).ok() {
            return Err(io::Error::other("the copy differs from the original"));
        }
        fault::point_blocking("transfer.copying-files");
        journal.place(draft, name)
    };
    write().map_err(failed(format!("copying {} to {}", from.display(), to.display())))
}

/// A file that is swept if it never gets its name.
pub(crate) fn draft_in(folder: &Path) -> io::Result<NamedTempFile> {
    tempfile::Builder::new().prefix(DRAFT).tempfile_in(folder)
}

/// Removes what an interrupted copy has left behind, and what was kept for the case that a transfer fails.
pub(crate) fn sweep(folder: &Path) -> io::Result<()> {
    let mut waiting = vec![folder.to_owned()];
    while let Some(path) = waiting.pop() {
        let Ok(entries) = fs::read_dir(&path) else { continue };
        for entry in entries.filter_map(io::Result::ok) {
            if entry.path().is_dir() {
                waiting.push(entry.path());
            } else if is_draft(&entry.path()) {
                fs::remove_file(entry.path())?;
            }
        }
    }
    Ok(())
}

/// How two folders differ, file by file: what the first has and the second has not, or has otherwise.
pub(crate) fn compare(from: &Path, to: &Path) -> Result<(FilesReport, Vec<String>)> {
    let mut report = FilesReport::default();
    let mut differences = Vec::new();
    if are_same(from, to) {
        let files = list(from)?;
        report.count = files.len() as u64;
        report.bytes = files.values().sum();
        return Ok((report, differences));
    }
    for (name, size) in list(from)? {
        report.count += 1;
        report.bytes += size;
        match hash_if_there(&to.join(&name))? {
            None => differences.push(format!("file {} is missing", name.display())),
            found if found != hash(&from.join(&name))? => differences.push(format!("file {} differs", name.display())),
            Some(_) => {}
        }
    }
    Ok((report, differences))
}

pub(crate) fn hash(path: &Path) -> Result<Option<String>> {
    let hash = File::open(path).and_then(hash_of);
    hash.map(Some).map_err(failed(format!("reading {}", path.display())))
}

fn hash_if_there(path: &Path) -> Result<Option<String>> {
    if path.exists() { hash(path) } else { Ok(None) }
}

fn hash_of(mut file: File) -> io::Result<String> {
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hex(&hash.finalize())),
            read => hash.update(&buffer[..read]),
        }
    }
}

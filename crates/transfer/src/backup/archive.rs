//! A backup that was checked, ready to be restored.

use std::{
    fs,
    io::Write,
    path::{Component, Path, PathBuf},
    sync::Arc,
};

use puente_auth::Vault;
use sha2::{Digest as _, Sha256};

use super::{
    format::{Header, Manifest, Record},
    make::add_file,
    read::{self, Reader, bad},
};
use crate::{
    batch::Sender,
    digest::{Digest, hex},
    error::{Result, io as failed},
    fault, files, flow,
    journal::Journal,
    report::FilesReport,
    rows::Rows,
    schema::{Schema, Table},
};

/// A whole backup.
#[derive(Clone)]
pub struct Archive {
    path: PathBuf,
    passphrase: Option<Arc<Vault>>,
    tables: Vec<Table>,
    /// What it holds.
    pub manifest: Manifest,
}

impl std::fmt::Debug for Archive {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Archive").field("path", &self.path).finish_non_exhaustive()
    }
}

/// Where the bytes of a file go while it is read.
enum Current {
    None,
    Open { path: String, left: u64, hash: Sha256 },
}

impl Archive {
    /// What a backup says about itself, without a passphrase and without a check.
    ///
    /// # Errors
    /// It is no backup.
    pub fn header(path: &Path) -> Result<Header> {
        read::header(path)
    }

    /// Reads all of it: whether it is whole, and holds what its manifest says.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(path: &Path, passphrase: Option<Arc<Vault>>) -> Result<Self> {
        read::check_hash(path)?;
        let mut reader = Reader::open(path, passphrase.clone())?;
        let Record::Schema(tables) = reader.next()? else { return Err(bad(path, "it does not begin with its tables")) };
        let mut digests = vec![Digest::default(); tables.len()];
        let (mut scratch, mut all, mut count, mut bytes) = (Rows::default(), Sha256::new(), 0, 0);
        let mut current = Current::None;
        let manifest = loop {
            match reader.next()? {
                Record::Rows(index, content) => {
                    let index = index as usize;
                    let table = tables.get(index).ok_or_else(|| bad(path, "rows of no table"))?;
                    let rows = Rows::from_file(&content, table.columns.len());
                    let rows = rows.ok_or_else(|| bad(path, format!("rows of table {} are damaged", table.name)))?;
                    flow::add(table, &rows, None, &mut scratch, &mut digests[index]);
                }
                Record::File(name, size) => {
                    (count, bytes) = (count + 1, bytes + size);
                    current.begin(name, size);
                    current.finish(&mut all);
                }
                Record::Bytes(part) => {
                    current.take(&part).ok_or_else(|| bad(path, "a file is longer than it should be"))?;
                    current.finish(&mut all);
                }
                Record::Manifest(manifest) => break manifest,
                Record::Schema(_) => return Err(bad(path, "it has two lists of tables")),
            }
        };
        let mut wrong: Vec<String> = Vec::new();
        let found = crate::report::tables(&tables, &digests);
        wrong.extend(
            found.iter().filter(|table| !manifest.tables.contains(table)).map(|table| format!("table {}", table.name)),
        );
        let files = FilesReport { count, bytes, copied: 0 };
        if files != manifest.files
            || hex(&all.finalize()) != manifest.files_hash
            || matches!(current, Current::Open { .. })
        {
            wrong.push("the files".to_owned());
        }
        if found.len() != manifest.tables.len() || !wrong.is_empty() {
            return Err(bad(path, format!("it does not hold what its manifest says: {}", wrong.join(", "))));
        }
        Ok(Self { path: path.to_owned(), passphrase, tables, manifest: *manifest })
    }

    pub(crate) fn schema(&self) -> Schema {
        Schema { version: self.manifest.header.schema_version, tables: self.tables.clone() }
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Sends every row of the tables; blocks while the receiver is busy.
    pub(crate) fn read(&self, tables: &[Table], mut to: Sender) -> Result<()> {
        let mut reader = Reader::open(&self.path, self.passphrase.clone())?;
        loop {
            match reader.next()? {
                Record::Rows(index, content) => {
                    let table = self.tables.get(index as usize).ok_or_else(|| bad(&self.path, "rows of no table"))?;
                    let Some(wanted) = tables.iter().position(|wanted| wanted.name == table.name) else { continue };
                    let rows = Rows::from_file(&content, table.columns.len());
                    to.start_blocking(wanted)?;
                    to.rows =
                        rows.ok_or_else(|| bad(&self.path, format!("rows of table {} are damaged", table.name)))?;
                    to.flush_blocking()?;
                }
                Record::Manifest(_) => return Ok(()),
                Record::Schema(_) | Record::File(..) | Record::Bytes(_) => {}
            }
        }
    }

    /// Writes the files into a folder; each appears whole.
    pub(crate) fn extract_files(&self, folder: &Path, journal: &mut Journal) -> Result<FilesReport> {
        let mut reader = Reader::open(&self.path, self.passphrase.clone())?;
        let mut report = FilesReport::default();
        loop {
            match reader.next()? {
                Record::File(name, size) => {
                    let relative = Path::new(&name);
                    if !relative.components().all(|part| matches!(part, Component::Normal(_))) {
                        return Err(bad(&self.path, "a file's name leads out of its folder"));
                    }
                    report.count += 1;
                    report.bytes += size;
                    report.copied += u64::from(self.extract(&mut reader, (folder, relative), size, journal)?);
                }
                Record::Manifest(_) => return Ok(report),
                Record::Schema(_) | Record::Rows(..) | Record::Bytes(_) => {}
            }
        }
    }

    /// Whether the file had to be written: what is there already with the same content stays.
    fn extract(
        &self,
        reader: &mut Reader,
        (folder, name): (&Path, &Path),
        size: u64,
        journal: &mut Journal,
    ) -> Result<bool> {
        let to = folder.join(name);
        let doing = || format!("writing {}", to.display());
        let folder = to.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder).map_err(failed(doing()))?;
        let mut draft = files::draft_in(folder).map_err(failed(doing()))?;
        let mut left = size;
        while left > 0 {
            let Record::Bytes(part) = reader.next()? else { return Err(bad(&self.path, "a file is not whole")) };
            left = left.checked_sub(part.len() as u64).ok_or_else(|| bad(&self.path, "a file is too long"))?;
            draft.write_all(&part).map_err(failed(doing()))?;
        }
        draft.as_file().sync_all().map_err(failed(doing()))?;
        if to.exists() && files::hash(&to)? == files::hash(draft.path())? {
            return Ok(false);
        }
        fault::point_blocking("transfer.copying-files");
        journal.place(draft, name).map_err(failed(doing()))?;
        Ok(true)
    }
}

impl Current {
    fn begin(&mut self, path: String, left: u64) {
        *self = Self::Open { path, left, hash: Sha256::new() };
    }

    fn take(&mut self, part: &[u8]) -> Option<()> {
        let Self::Open { left, hash, .. } = self else { return None };
        *left = left.checked_sub(part.len() as u64)?;
        hash.update(part);
        Some(())
    }

    /// Adds the file to the hash of all files, once all of it was read.
    fn finish(&mut self, all: &mut Sha256) {
        if let Self::Open { path, left: 0, hash } = self {
            add_file(all, path, &hash.clone().finalize());
            *self = Self::None;
        }
    }
}

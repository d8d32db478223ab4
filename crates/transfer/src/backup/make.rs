//! Taking a backup.

use std::{
    fs::{self, File},
    io::{self, BufWriter, Read},
    path::{Path, PathBuf},
    sync::Arc,
};

use puente_auth::Vault;
use puente_domain::{Clock, Timestamp};
use sha2::{Digest as _, Sha256};

use super::{
    format::{Header, Manifest, Record},
    write::{Destination, Writer},
};
use crate::{
    batch::{Receiver, both, channel},
    digest::{Digest, hex},
    error::{Error, Result, io as failed},
    fault, files, flow,
    progress::Progress,
    report::{self, FilesReport},
    rows::Rows,
    rules,
    schema::Table,
    side::Place,
    transfer::Installation,
    verify,
};

/// What an unfinished backup begins with.
const DRAFT: &str = ".puente-backup-";
/// So much of a file goes into one record.
const PART: usize = 256 * 1024;

/// How to go about it.
#[derive(Clone, Debug)]
pub struct BackupOptions {
    /// The file; it must not exist.
    pub file: PathBuf,
    /// Seals the backup, if it is given.
    pub passphrase: Option<Arc<Vault>>,
}

/// `puente-20270131T030000Z.backup`.
#[must_use]
pub fn file_name(at: Timestamp) -> String {
    let digits: String =
        at.to_string().chars().take_while(|c| *c != '.' && *c != 'Z').filter(|c| !"-:".contains(*c)).collect();
    format!("puente-{digits}Z.backup")
}

/// Takes a backup of one moment, while servers go on. The file appears when it is whole and on the disk.
///
/// # Errors
/// The database or a file cannot be read, or the disk is full; nothing is left behind then.
pub async fn backup(
    from: &Installation,
    options: &BackupOptions,
    clock: &dyn Clock,
    progress: &Progress,
) -> Result<Manifest> {
    let file = &options.file;
    if file.exists() {
        return Err(Error::Refused(format!("{} is there already", file.display())));
    }
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let doing = || format!("writing {}", file.display());
    fs::create_dir_all(folder).map_err(failed(doing()))?;
    sweep(folder).map_err(failed(format!("removing old drafts in {}", folder.display())))?;
    let draft = tempfile::Builder::new().prefix(DRAFT).tempfile_in(folder).map_err(failed(doing()))?;
    draft.as_file().lock_shared().map_err(failed(doing()))?;
    let to = BufWriter::new(draft.reopen().map_err(failed(doing()))?);
    let manifest = backup_to(from, Box::new(to), doing(), options.passphrase.clone(), clock, progress).await?;
    fault::point("backup.written").await;
    draft.persist_noclobber(file).map_err(|error| failed(doing())(error.error))?;
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed(doing()))?;
    Ok(manifest)
}

/// As [`backup()`], to wherever it is wanted; `doing` is for errors.
///
/// # Errors
/// The database or a file cannot be read, or the destination takes no more; it is not completed then.
pub async fn backup_to(
    from: &Installation,
    to: Box<dyn Destination>,
    doing: String,
    passphrase: Option<Arc<Vault>>,
    clock: &dyn Clock,
    progress: &Progress,
) -> Result<Manifest> {
    let mut side = verify::open(&from.place).await?;
    let schema = side.schema().await?;
    let header = Header {
        puente: env!("CARGO_PKG_VERSION").to_owned(),
        schema_version: schema.version,
        database: if matches!(from.place, Place::Sqlite(_)) { "sqlite" } else { "postgresql" }.to_owned(),
        created_at: clock.now(),
        encryption_key: from.keys.vault.fingerprint(),
        passphrase: passphrase.as_ref().map(|vault| vault.fingerprint()),
    };
    let work =
        Work { header, tables: schema.tables.clone(), uploads: from.uploads.clone(), progress: progress.clone() };
    progress.stage("backing up", 0);
    let (sender, rows) = channel();
    let writing = tokio::task::spawn_blocking(move || work.run(rows, to, passphrase).map_err(failed(doing)));
    let (read, written) = tokio::join!(side.read(&schema.tables, sender), writing);
    side.close().await;
    let written = written.map_err(|_| Error::Interrupted).and_then(|written| written);
    both(read, written).map(|((), manifest)| manifest)
}

/// Removes what killed backups have left: drafts that nobody holds any more.
fn sweep(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let is_draft = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(DRAFT));
        if is_draft && File::open(&path)?.try_lock().is_ok() {
            fs::remove_file(&path)?;
        }
    }
    Ok(())
}

struct Work {
    header: Header,
    tables: Vec<Table>,
    uploads: PathBuf,
    progress: Progress,
}

impl Work {
    fn run(self, mut rows: Receiver, to: Box<dyn Destination>, passphrase: Option<Arc<Vault>>) -> io::Result<Manifest> {
        let mut writer = Writer::begin(to, &self.header, passphrase)?;
        writer.record(&Record::Schema(self.tables.clone()))?;
        let mut digests = vec![Digest::default(); self.tables.len()];
        let mut scratch = Rows::default();
        while let Some(batch) = rows.blocking_recv() {
            let table = &self.tables[batch.table];
            self.progress.rows(table, batch.rows.len(), batch.rows.size());
            flow::add(table, &batch.rows, None, &mut scratch, &mut digests[batch.table]);
            let index = u32::try_from(batch.table).map_err(io::Error::other)?;
            writer.record(&Record::Rows(index, batch.rows.to_file()))?;
            fault::point_blocking("backup.writing");
        }
        let (files, files_hash) = self.files(&mut writer)?;
        let tables = report::tables(&self.tables, &digests);
        let sealed = |table: &&Table| rules::has_seals(table);
        let sealed: Vec<&str> = self.tables.iter().filter(sealed).map(|table| table.name.as_str()).collect();
        let secrets = tables.iter().filter(|table| sealed.contains(&table.name.as_str())).map(|table| table.rows).sum();
        let manifest = Manifest { header: self.header, tables, secrets, files, files_hash };
        writer.record(&Record::Manifest(Box::new(manifest.clone())))?;
        fault::point_blocking("backup.finishing");
        writer.finish()?;
        Ok(manifest)
    }

    /// Every uploaded file; one that is deleted meanwhile was no part of the moment that is backed up.
    fn files(&self, writer: &mut Writer) -> io::Result<(FilesReport, String)> {
        let mut report = FilesReport::default();
        let mut all = Sha256::new();
        for name in files::list(&self.uploads).map_err(io::Error::other)?.into_keys() {
            let mut file = match File::open(self.uploads.join(&name)) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                file => file?,
            };
            let path = name.to_str().ok_or_else(|| io::Error::other("an uploaded file's name is no text"))?.to_owned();
            let size = file.metadata()?.len();
            writer.record(&Record::File(path.clone(), size))?;
            let mut hash = Sha256::new();
            let mut rest = size;
            while rest > 0 {
                let mut part = vec![0; PART.min(usize::try_from(rest).unwrap_or(PART))];
                file.read_exact(&mut part)?;
                hash.update(&part);
                rest -= part.len() as u64;
                writer.record(&Record::Bytes(part))?;
            }
            add_file(&mut all, &path, &hash.finalize());
            report.count += 1;
            report.bytes += size;
        }
        Ok((report, hex(&all.finalize())))
    }
}

/// Adds a file to the hash of all files.
pub(super) fn add_file(all: &mut Sha256, path: &str, hash: &[u8]) {
    all.update(path.as_bytes());
    all.update([0]);
    all.update(hash);
}

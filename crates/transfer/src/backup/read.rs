//! Reading a backup.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Take},
    path::Path,
    sync::Arc,
};

use puente_auth::Vault;
use sha2::{Digest, Sha256};

use super::{
    chunks::Opening,
    format::{END, END_LENGTH, Header, LONGEST_HEADER, LONGEST_RECORD, MAGIC, Record},
};
use crate::{
    digest::hex,
    error::{Error, Result},
};

pub(super) fn bad(path: &Path, reason: impl std::fmt::Display) -> Error {
    Error::BadFile { path: path.display().to_string(), reason: format!("{reason}") }
}

/// The first lines.
pub(super) fn header(path: &Path) -> Result<Header> {
    open(path).map(|(header, _)| header)
}

/// The file behind its header, and the header.
fn open(path: &Path) -> Result<(Header, BufReader<File>)> {
    let file = File::open(path).map_err(|error| bad(path, error))?;
    let mut file = BufReader::new(file);
    let mut line = || -> Result<String> {
        let mut text = String::new();
        let read = file.by_ref().take(LONGEST_HEADER).read_line(&mut text);
        read.map_err(|_| bad(path, "it is no backup of Puente"))?;
        Ok(text.trim_end_matches('\n').to_owned())
    };
    let magic = line()?;
    if magic != MAGIC {
        let newer = magic.starts_with("PUENTE-BACKUP ");
        return Err(bad(path, if newer { "it was made by a newer Puente" } else { "it is no backup of Puente" }));
    }
    let header = line()?;
    let header = serde_json::from_str(&header).map_err(|_| bad(path, "its header is damaged"))?;
    Ok((header, file))
}

/// Whether the file is whole: its last line has the hash of everything before.
pub(super) fn check_hash(path: &Path) -> Result<()> {
    let cut = || bad(path, "it is not whole: it was cut off or is still being written");
    let mut file = File::open(path).map_err(|error| bad(path, error))?;
    let length = file.metadata().map_err(|error| bad(path, error))?.len();
    let content = length.checked_sub(END_LENGTH).ok_or_else(cut)?;
    let mut hash = Sha256::new();
    let mut rest = file.by_ref().take(content);
    let mut buffer = vec![0; 256 * 1024];
    loop {
        match rest.read(&mut buffer).map_err(|error| bad(path, error))? {
            0 => break,
            read => hash.update(&buffer[..read]),
        }
    }
    let mut end = Vec::new();
    file.seek(SeekFrom::Start(content)).map_err(|error| bad(path, error))?;
    file.read_to_end(&mut end).map_err(|error| bad(path, error))?;
    let told = end.strip_prefix(END).ok_or_else(cut)?;
    if told.trim_ascii_end() == hex(&hash.finalize()).as_bytes() { Ok(()) } else { Err(bad(path, "it is damaged")) }
}

/// The records, one after the other.
pub(super) struct Reader {
    stream: zstd::Decoder<'static, BufReader<Opening<Take<BufReader<File>>>>>,
    path: std::path::PathBuf,
}

impl Reader {
    pub(super) fn open(path: &Path, passphrase: Option<Arc<Vault>>) -> Result<Self> {
        let (header, mut file) = open(path)?;
        let vault = match (&header.passphrase, passphrase) {
            (None, None) => None,
            (None, Some(_)) => {
                return Err(bad(
                    path,
                    "it is not sealed, although a passphrase is given: whoever had the file could have changed it; to take \
                     it all the same, give no passphrase (neither --passphrase-file nor BACKUP_PASSPHRASE)",
                ));
            }
            (Some(_), None) => return Err(bad(path, "it is sealed; give its passphrase by --passphrase-file")),
            (Some(id), Some(vault)) if vault.has_key(id) => Some(vault),
            (Some(_), Some(_)) => return Err(bad(path, "it is sealed with another passphrase")),
        };
        let length = |file: &mut BufReader<File>| -> io::Result<u64> {
            let (whole, position) = (file.get_ref().metadata()?.len(), file.stream_position()?);
            Ok(whole.saturating_sub(END_LENGTH).saturating_sub(position))
        };
        let length = length(&mut file).map_err(|error| bad(path, error))?;
        let stream = zstd::Decoder::new(Opening::new(file.take(length), vault)).map_err(|error| bad(path, error))?;
        Ok(Self { stream, path: path.to_owned() })
    }

    /// The next record; the manifest is the last.
    pub(super) fn next(&mut self) -> Result<Record> {
        let mut head = [0; 5];
        let [tag, length @ ..] = {
            self.stream.read_exact(&mut head).map_err(|error| bad(&self.path, error))?;
            head
        };
        let length = u32::from_le_bytes(length);
        if length > LONGEST_RECORD {
            return Err(bad(&self.path, "a record is too long"));
        }
        let mut content = Vec::new();
        let read = self.stream.by_ref().take(length.into()).read_to_end(&mut content);
        let read = read.map_err(|error| bad(&self.path, error))?;
        if read != length as usize {
            return Err(bad(&self.path, "it ends in the middle"));
        }
        Record::parse(tag, content).ok_or_else(|| bad(&self.path, "a record is damaged"))
    }
}

//! What a backup looks like.
//!
//! Two lines of text: the format's name, and a [`Header`] as JSON. Then a stream of [`Record`]s, compressed (Zstandard)
//! and, if there is a passphrase, sealed in chunks. At the end a line with the SHA-256 of everything before it: a file
//! without it is not whole.

use puente_domain::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    report::{FilesReport, TableReport},
    schema::Table,
};

/// The first line.
pub(super) const MAGIC: &str = "PUENTE-BACKUP 1";
/// The last line: `END `, 64 hexadecimal digits, a line break.
pub(super) const END: &[u8] = b"END ";
/// How long the last line is.
pub(super) const END_LENGTH: u64 = 4 + 64 + 1;
/// The longest header.
pub(super) const LONGEST_HEADER: u64 = 64 * 1024;
/// The longest record: a row of either database fits.
pub(super) const LONGEST_RECORD: u32 = u32::MAX - 1024;

/// What can be read without a passphrase.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The version of Puente that made it.
    pub puente: String,
    /// The newest migration of the database.
    pub schema_version: i64,
    /// `sqlite` or `postgresql`.
    pub database: String,
    /// The moment that it holds.
    pub created_at: Timestamp,
    /// The fingerprint of the `ENCRYPTION_KEY` that sealed its secrets; the key itself is not in the backup.
    pub encryption_key: String,
    /// The fingerprint of the passphrase that sealed the backup, if it is sealed.
    pub passphrase: Option<String>,
}

/// What the backup holds, at its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The first lines.
    pub header: Header,
    /// Every table, its rows and its hash.
    pub tables: Vec<TableReport>,
    /// How many secrets need the encryption key.
    pub secrets: u64,
    /// Uploaded files.
    pub files: FilesReport,
    /// The SHA-256 over all files' paths and hashes.
    pub files_hash: String,
}

/// A part of the stream: a byte that says which, 4 bytes of length (little-endian), the content.
#[derive(Clone, Debug)]
pub(super) enum Record {
    /// All tables, before anything else.
    Schema(Vec<Table>),
    /// Rows of the table with this index.
    Rows(u32, Vec<u8>),
    /// A file begins: its path with `/` between the parts, and its size.
    File(String, u64),
    /// A part of that file.
    Bytes(Vec<u8>),
    /// The end.
    Manifest(Box<Manifest>),
}

impl Record {
    pub(super) fn tag(&self) -> u8 {
        match self {
            Self::Schema(_) => b'S',
            Self::Rows(..) => b'R',
            Self::File(..) => b'F',
            Self::Bytes(_) => b'B',
            Self::Manifest(_) => b'M',
        }
    }

    pub(super) fn content(&self) -> serde_json::Result<Vec<u8>> {
        match self {
            Self::Schema(tables) => serde_json::to_vec(tables),
            Self::Rows(table, rows) => {
                let mut content = table.to_le_bytes().to_vec();
                content.extend_from_slice(rows);
                Ok(content)
            }
            Self::File(path, size) => serde_json::to_vec(&(path, size)),
            Self::Bytes(bytes) => Ok(bytes.clone()),
            Self::Manifest(manifest) => serde_json::to_vec(manifest),
        }
    }

    /// `None` where it is no record.
    pub(super) fn parse(tag: u8, content: Vec<u8>) -> Option<Self> {
        Some(match tag {
            b'S' => Self::Schema(serde_json::from_slice(&content).ok()?),
            b'R' => {
                let (table, rows) = content.split_first_chunk()?;
                Self::Rows(u32::from_le_bytes(*table), rows.to_vec())
            }
            b'F' => {
                let (path, size) = serde_json::from_slice(&content).ok()?;
                Self::File(path, size)
            }
            b'B' => Self::Bytes(content),
            b'M' => Self::Manifest(Box::new(serde_json::from_slice(&content).ok()?)),
            _ => return None,
        })
    }
}

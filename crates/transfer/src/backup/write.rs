//! Writing a backup, front to end.

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    sync::Arc,
};

use puente_auth::Vault;
use sha2::{Digest, Sha256};

use super::{
    chunks::Sealing,
    format::{END, Header, MAGIC, Record},
};
use crate::digest::hex;

/// Fast, and within a few per cent of what more work would save.
const LEVEL: i32 = 3;

/// Where the bytes of a backup go, front to end.
pub trait Destination: Write + Send {
    /// Makes all of it permanent. Before this, or without it, nothing there looks whole.
    ///
    /// # Errors
    /// It cannot be made permanent.
    fn complete(self: Box<Self>) -> io::Result<()>;
}

/// A file, which is on the disk when it is complete.
impl Destination for BufWriter<File> {
    fn complete(self: Box<Self>) -> io::Result<()> {
        self.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()
    }
}

/// Hashes what passes by.
struct Hashing<W: Write> {
    inner: W,
    hash: Sha256,
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.hash.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

pub(super) struct Writer {
    stream: zstd::Encoder<'static, Sealing<Hashing<Box<dyn Destination>>>>,
}

impl Writer {
    /// Writes the first lines.
    pub(super) fn begin(to: Box<dyn Destination>, header: &Header, passphrase: Option<Arc<Vault>>) -> io::Result<Self> {
        let mut file = Hashing { inner: to, hash: Sha256::new() };
        writeln!(file, "{MAGIC}\n{}", serde_json::to_string(header)?)?;
        Ok(Self { stream: zstd::Encoder::new(Sealing::new(file, passphrase), LEVEL)? })
    }

    pub(super) fn record(&mut self, record: &Record) -> io::Result<()> {
        let content = record.content()?;
        let length = u32::try_from(content.len()).map_err(|_| io::Error::other("a row is longer than 4 GiB"))?;
        self.stream.write_all(&[record.tag()])?;
        self.stream.write_all(&length.to_le_bytes())?;
        self.stream.write_all(&content)
    }

    /// Writes the last line; everything is permanent when this returns.
    pub(super) fn finish(self) -> io::Result<()> {
        let mut file = self.stream.finish()?.finish()?;
        let hash = hex(&file.hash.clone().finalize());
        file.write_all(END)?;
        writeln!(file, "{hash}")?;
        file.inner.complete()
    }
}

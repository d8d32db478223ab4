//! A stream in sealed chunks. Each chunk knows its place and whether it is the last, so that none can be left out,
//! turned around or cut off.

use std::{
    io::{self, Read, Write},
    sync::Arc,
};

use puente_auth::Vault;

/// So much is sealed at once.
const CHUNK: usize = 256 * 1024;

fn context(index: u64, last: bool) -> String {
    format!("backup:{index}:{}", if last { "last" } else { "more" })
}

/// Seals what is written; passes it on as it is without a vault.
pub(super) struct Sealing<W: Write> {
    inner: W,
    vault: Option<Arc<Vault>>,
    buffer: Vec<u8>,
    index: u64,
}

impl<W: Write> Sealing<W> {
    pub(super) fn new(inner: W, vault: Option<Arc<Vault>>) -> Self {
        Self { inner, vault, buffer: Vec::new(), index: 0 }
    }

    fn seal(&mut self, vault: &Vault, last: bool) -> io::Result<()> {
        let sealed = vault.seal(&context(self.index, last), &self.buffer);
        self.inner.write_all(&u32::try_from(sealed.len()).unwrap_or(u32::MAX).to_le_bytes())?;
        self.inner.write_all(&sealed)?;
        self.buffer.clear();
        self.index += 1;
        Ok(())
    }

    /// Writes the last chunk.
    pub(super) fn finish(mut self) -> io::Result<W> {
        if let Some(vault) = self.vault.take() {
            self.seal(&vault, true)?;
        }
        Ok(self.inner)
    }
}

impl<W: Write> Write for Sealing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(vault) = self.vault.clone() else { return self.inner.write(bytes) };
        let taken = bytes.len().min(CHUNK - self.buffer.len());
        self.buffer.extend_from_slice(&bytes[..taken]);
        if self.buffer.len() == CHUNK {
            self.seal(&vault, false)?;
        }
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// Opens what [`Sealing`] has written.
pub(super) struct Opening<R: Read> {
    inner: R,
    vault: Option<Arc<Vault>>,
    plain: io::Cursor<Vec<u8>>,
    index: u64,
    ended: bool,
}

impl<R: Read> Opening<R> {
    pub(super) fn new(inner: R, vault: Option<Arc<Vault>>) -> Self {
        Self { inner, vault, plain: io::Cursor::default(), index: 0, ended: false }
    }

    fn next(&mut self, vault: &Vault) -> io::Result<()> {
        let mut length = [0; 4];
        self.inner.read_exact(&mut length)?;
        let length = u32::from_le_bytes(length) as usize;
        if length > 2 * CHUNK {
            return Err(io::Error::other("a sealed chunk is too long"));
        }
        let mut sealed = vec![0; length];
        self.inner.read_exact(&mut sealed)?;
        let plain = vault.open(&context(self.index, false), &sealed);
        self.ended = plain.is_none();
        let plain = plain.or_else(|| vault.open(&context(self.index, true), &sealed));
        let plain = plain.ok_or_else(|| io::Error::other("a sealed chunk cannot be opened: it was changed"))?;
        self.plain = io::Cursor::new(plain);
        self.index += 1;
        Ok(())
    }
}

impl<R: Read> Read for Opening<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(vault) = self.vault.clone() else { return self.inner.read(buffer) };
        loop {
            match self.plain.read(buffer)? {
                0 if !self.ended && !buffer.is_empty() => self.next(&vault)?,
                read => return Ok(read),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    fn vault() -> Arc<Vault> {
        Arc::new(Vault::new(&["00".repeat(32).into()]).unwrap())
    }

    fn sealed(plain: &[u8]) -> Vec<u8> {
        let mut sealing = Sealing::new(Vec::new(), Some(vault()));
        sealing.write_all(plain).unwrap();
        sealing.finish().unwrap()
    }

    fn opened(sealed: &[u8]) -> io::Result<Vec<u8>> {
        let mut plain = Vec::new();
        Opening::new(sealed, Some(vault())).read_to_end(&mut plain).map(|_| plain)
    }

    #[test]
    fn any_length_comes_back() {
        for length in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK] {
            let plain: Vec<u8> = (0..=250).cycle().take(length).collect();
            assert_eq!(opened(&sealed(&plain)).unwrap(), plain);
        }
    }

    #[test]
    fn a_cut_between_chunks_is_noticed() {
        let whole = sealed(&vec![7; 2 * CHUNK + 5]);
        let first = 4 + u32::from_le_bytes(*whole.first_chunk().unwrap()) as usize;
        assert!(opened(&whole[..first]).is_err());
        assert!(opened(&[&whole[first..], &whole[..first]].concat()).is_err());
    }

    proptest! {
        #[test]
        fn every_changed_byte_is_noticed(plain in vec(any::<u8>(), 0..100), index in any::<prop::sample::Index>()) {
            let mut changed = sealed(&plain);
            let index = index.index(changed.len());
            changed[index] ^= 1;
            prop_assert!(opened(&changed).is_err());
        }
    }
}

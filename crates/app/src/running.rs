//! `$DATA_DIR/serve.json`: how commands on the same data find the server that runs on it.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

const FILE: &str = "serve.json";

/// A server that runs on a data folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunningServer {
    /// Its process.
    pub pid: u32,
    /// Where it listens, as this machine reaches it: `http://127.0.0.1:8000`.
    pub url: String,
}

impl RunningServer {
    /// The server that runs on this folder, as it said itself. A server that was killed leaves its file behind: ask
    /// [`RunningServer::url`] before relying on it.
    #[must_use]
    pub fn find(data_dir: &Path) -> Option<Self> {
        let text = std::fs::read_to_string(data_dir.join(FILE)).ok()?;
        serde_json::from_str(&text).ok()
    }

    /// Writes the file; it goes when the guard is dropped.
    pub(crate) fn announce(&self, data_dir: &Path) -> io::Result<Announcement> {
        std::fs::create_dir_all(data_dir)?;
        let path = data_dir.join(FILE);
        let mut file = tempfile::NamedTempFile::new_in(data_dir)?;
        file.write_all(&serde_json::to_vec(self)?)?;
        file.persist(&path)?;
        Ok(Announcement(path))
    }
}

/// Takes the file away when the server ends.
pub(crate) struct Announcement(PathBuf);

impl Drop for Announcement {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_file(&self.0) {
            tracing::debug!(%error, "serve.json was gone already");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_lives_as_long_as_the_server() {
        let folder = tempfile::tempdir().unwrap();
        let server = RunningServer { pid: 7, url: "http://127.0.0.1:8000".to_owned() };
        let announcement = server.announce(folder.path()).unwrap();
        assert_eq!(RunningServer::find(folder.path()), Some(server));
        drop(announcement);
        assert_eq!(RunningServer::find(folder.path()), None);
    }
}

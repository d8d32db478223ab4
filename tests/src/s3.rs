//! A server that speaks S3's protocol: `s3rver`, with a bucket of its own. It knows one access key, but takes any signature
//! of version 4 for good.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use tempfile::TempDir;

use crate::{Site, tools};

/// The bucket that it has from the start.
pub const BUCKET: &str = "backups";
/// The access key that it knows, which is also the secret.
const KEY: &str = "S3RVER";

/// A running server.
pub struct S3 {
    server: Child,
    folder: TempDir,
    url: String,
}

impl S3 {
    /// Starts one on a free port.
    #[must_use]
    pub fn start() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let mut command = Command::new(tools::node());
        command.arg(tools::installed("node_modules/s3rver/bin/s3rver.js")).arg("--directory").arg(folder.path());
        command.args(["--silent", "--address", "127.0.0.1", "--port", "0", "--configure-bucket", BUCKET]);
        let mut server = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("node runs");
        let mut lines = BufReader::new(server.stdout.take().expect("a pipe")).lines().map_while(Result::ok);
        let url =
            lines.find_map(|line| line.rsplit_once("listening on ").map(|(_, address)| address.trim().to_owned()));
        let url = format!("http://{}", url.expect("it says where it listens"));
        Self { server, folder, url }
    }

    /// The site with this server for its backups.
    #[must_use]
    pub fn given_to(&self, site: Site) -> Site {
        site.setting("BACKUP_S3_ENDPOINT", &self.url)
            .setting("BACKUP_S3_ACCESS_KEY_ID", KEY)
            .setting("BACKUP_S3_SECRET_ACCESS_KEY", KEY)
    }

    /// The names of what lies below a prefix, as the server keeps it.
    #[must_use]
    pub fn objects(&self, prefix: &str) -> Vec<String> {
        let folder: PathBuf = self.folder.path().join(BUCKET).join(prefix);
        let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
        let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let mut names: Vec<String> =
            names.filter_map(|name| name.strip_suffix("._S3rver_object").map(str::to_owned)).collect();
        names.sort();
        names
    }

    /// Ends it at once.
    pub fn stop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

impl Drop for S3 {
    fn drop(&mut self) {
        self.stop();
    }
}

//! Small disks, to be filled: a file system of its own around a command, or below a PostgreSQL. They live in namespaces of
//! their own, so no right is needed and nothing is left behind.

use std::{
    fs::{self, File},
    io::Write,
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use puente_test_support::postgres::find_programs;
use tempfile::TempDir;

use crate::{PgDatabase, Site, tools};

/// `puente ARGUMENTS` with a file system of so many bytes (`4m`) at `small` in the site's folder, after `prepare`.
#[must_use]
pub fn on_small_disk(site: &Site, bytes: &str, prepare: &str, arguments: &[&str]) -> Command {
    fs::create_dir_all(site.path().join("small")).expect("the folder is writable");
    let script = format!("mount -t tmpfs -o size={bytes} tmpfs small && {prepare} && exec \"$@\"");
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--mount", "sh", "-c", &script, "sh"]);
    command.arg(tools::puente()).args(arguments);
    command.current_dir(site.path()).env_clear().envs(site.environment()).stdin(Stdio::null());
    command
}

/// A path as the process `pid` sees it.
#[must_use]
pub fn seen_by(pid: u32, path: &Path) -> PathBuf {
    PathBuf::from(format!("/proc/{pid}/root")).join(path.strip_prefix("/").expect("an absolute path"))
}

/// Fills the disk below a folder to the last byte, with a file `ballast`.
pub fn fill(folder: &Path) {
    let mut ballast = File::create(folder.join("ballast")).expect("a file");
    let page = vec![0; 4096];
    for _ in 0..(1 << 18) {
        if ballast.write_all(&page).is_err() {
            return;
        }
    }
    panic!("the disk of {} is larger than 1 GiB", folder.display());
}

/// A PostgreSQL whose tables lie on a small disk. Its log of changes lies elsewhere, so it survives.
pub struct SmallPostgres {
    server: Child,
    folder: TempDir,
}

/// `$1` is the size, `$2` the folder, `$3` the port, `$4` where the programs are. PostgreSQL refuses root, so it gets another
/// number in a namespace within.
const START: &str = r#"
    mount -t tmpfs -o size="$1" tmpfs "$2/disk" || exit
    exec unshare --user --map-user=1000 --map-group=1000 sh -c '
        "$4/initdb" --username=postgres --auth=trust --no-sync --encoding=UTF8 --locale=C --waldir="$2/wal" -D "$2/disk/data" || exit
        exec setpriv --pdeathsig QUIT "$4/postgres" -D "$2/disk/data" -p "$3" -c listen_addresses=127.0.0.1 \
            -c unix_socket_directories= -c fsync=off -c timezone=UTC' sh "$1" "$2" "$3" "$4"
"#;

impl SmallPostgres {
    /// Starts one on a disk of this size (`100m`), with an empty database.
    #[must_use]
    pub fn start(size: &str) -> (Self, PgDatabase) {
        let folder = TempDir::new().expect("a temporary folder");
        fs::create_dir(folder.path().join("disk")).expect("a folder");
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|socket| socket.local_addr());
        let port = port.expect("a free port").port();
        let log = File::create(folder.path().join("log")).expect("a file");
        let mut command = Command::new("unshare");
        command.args(["--user", "--map-root-user", "--mount", "sh", "-c", START, "sh", size]);
        command.arg(folder.path()).arg(port.to_string()).arg(find_programs().expect("PostgreSQL is installed"));
        command.current_dir("/").stdin(Stdio::null()).stdout(log.try_clone().expect("a file")).stderr(log);
        let server = command.spawn().expect("unshare runs");
        let mut small = Self { server, folder };
        let url = format!("postgresql://postgres@127.0.0.1:{port}/postgres");
        small.wait(&url);
        (small, PgDatabase::at(&url))
    }

    fn wait(&mut self, url: &str) {
        let deadline = Instant::now() + Duration::from_mins(1);
        let answers = || {
            let mut psql = Command::new("psql");
            psql.args(["--no-psqlrc", "-c", "SELECT 1", url]).stdout(Stdio::null()).stderr(Stdio::null());
            psql.status().expect("psql runs").success()
        };
        while !answers() {
            let ended = self.server.try_wait().expect("it is our child").is_some();
            let log = || fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
            assert!(!ended && Instant::now() < deadline, "PostgreSQL does not start: {}", log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn disk(&self) -> PathBuf {
        seen_by(self.server.id(), &self.folder.path().join("disk"))
    }

    /// Fills the disk.
    pub fn fill(&self) {
        fill(&self.disk());
    }

    /// Makes room again.
    pub fn make_room(&self) {
        fs::remove_file(self.disk().join("ballast")).expect("it was filled");
    }
}

impl Drop for SmallPostgres {
    fn drop(&mut self) {
        let _ = Command::new("kill").args(["-QUIT", &self.server.id().to_string()]).status();
        let _ = self.server.wait();
    }
}

//! From a laptop's SQLite to PostgreSQL and back, with the built binary.

mod auto;
mod fails;
mod full_disk;
mod live;
mod progress;
mod refusals;
mod soak;
mod verify;
mod way_back;

use std::{
    fs,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use puente_tests::{Backends, PgDatabase, Run, Site, fill, seen_by};

/// Keys of a server that are not those of any laptop.
pub(crate) const ENCRYPTION_KEY: &str = "the key of the server alone which is long enough to be one";
const JWT_KEY: &str = "the token key of the server alone which is long enough to be one";

/// A laptop with a catalog whose source's address is a secret.
pub(crate) fn laptop() -> (Site, String) {
    let site = Site::with_notes_on(Backends::default());
    let mut command = site.command(&["secret", "set", "notes_url"]);
    let url = format!("sqlite:{}", site.notes().display());
    command.stdin(fs::File::open(site.write("secret.txt", &url)).unwrap());
    Run::of(command).expect_success();
    let catalog = fs::read_to_string(puente_tests::tools::root().join("tests/catalogs/notes.yaml")).unwrap();
    let catalog = site.write("sealed.yaml", &catalog.replace("${env:SOURCE_NOTES_URL}", "${secret:notes_url}"));
    site.puente(&["apply", "-f", &catalog]).expect_success();
    let key = site.key("robot", &[]);
    fs::create_dir_all(site.data().join("uploads/ab")).unwrap();
    fs::write(site.data().join("uploads/ab/abcdef"), "an uploaded file").unwrap();
    (site, key)
}

/// A server on PostgreSQL with keys of its own.
pub(crate) fn server_on(database: &PgDatabase) -> Site {
    Site::embedded()
        .setting("DATABASE_URL", database.url())
        .setting("ENCRYPTION_KEY", ENCRYPTION_KEY)
        .setting("JWT_SECRET_KEY", JWT_KEY)
}

fn file(site: &Site) -> String {
    format!("sqlite:{}", site.data().join("puente.db").display())
}

/// `puente transfer` as the server's operator runs it.
fn transfer(server: &Site, laptop: &Site, more: &[&str]) -> Run {
    server.puente(&[&["transfer", "--from", &file(laptop)], more].concat())
}

/// The same, to be run in another way.
fn command(server: &Site, laptop: &Site) -> Command {
    server.command(&["transfer", "--from", &file(laptop)])
}

/// Ends the one connection of a transfer, a backup or a restore.
pub(crate) fn cut(database: &PgDatabase) {
    let gone = database.query(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
         WHERE datname = current_database() AND application_name = 'puente transfer'",
    );
    assert_eq!(gone, "1");
}

/// What must never change at the source: the file and its log, byte by byte.
fn bytes(site: &Site) -> Vec<Option<Vec<u8>>> {
    let read = |name: &&str| fs::read(site.data().join(name)).ok().filter(|bytes| !bytes.is_empty());
    ["puente.db", "puente.db-wal"].iter().map(read).collect()
}

/// A command that waits at a named moment.
pub(crate) struct Paused {
    child: Child,
    mark: String,
}

impl Paused {
    /// Starts the command, and waits until it is there.
    pub(crate) fn at(site: &Site, point: &str, command: Command) -> Self {
        let mark = site.path().join(format!("at-{point}")).to_str().unwrap().to_owned();
        Self::at_mark(point, &mark, command)
    }

    fn at_mark(point: &str, mark: &str, mut command: Command) -> Self {
        let _ = fs::remove_file(format!("{mark}.once"));
        command.env("PUENTE_FAULT", format!("{point}:{mark}")).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let deadline = Instant::now() + Duration::from_mins(1);
        while !Path::new(&mark).exists() {
            if let Some(status) = child.try_wait().unwrap() {
                let output = child.wait_with_output().unwrap();
                panic!("it ended before {point} with {status}: {}", String::from_utf8_lossy(&output.stderr));
            }
            assert!(Instant::now() < deadline, "it does not reach {point}");
            std::thread::sleep(Duration::from_millis(2));
        }
        Self { child, mark: mark.to_owned() }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Fills the disk that is `small` in the site's folder.
    pub(crate) fn fill(&self, site: &Site) {
        fill(&seen_by(self.pid(), &site.path().join("small")));
    }

    /// `kill -9`.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        let _ = fs::remove_file(&self.mark);
    }

    /// Lets it go on, and waits for its end.
    pub(crate) fn go_on(self) -> Run {
        fs::remove_file(&self.mark).unwrap();
        let output = self.child.wait_with_output().unwrap();
        Run {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

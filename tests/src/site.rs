//! A data folder with everything around it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use rusqlite::Connection;
use serde_json::Value;
use tempfile::TempDir;

use crate::{Backends, Server, Starting, erp, tools};

/// The first administrator of every [`Site`].
pub const ADMIN_EMAIL: &str = "admin@example.com";
/// Its password, and that of every [`Site::user`].
pub const ADMIN_PASSWORD: &str = "correct horse battery staple";

/// Exit code: the operation failed.
pub const FAILED: i32 = 1;
/// Exit code: a setting is missing or wrong.
pub const CONFIGURATION: i32 = 3;
/// Exit code: there is no such thing, or it is not allowed.
pub const REFUSED: i32 = 4;

/// A folder for one test: Puente's data, a sample ERP, a home. Deleted at the end.
pub struct Site {
    folder: TempDir,
    settings: Vec<(String, String)>,
    backends: Backends,
}

/// How a command ended.
#[derive(Debug)]
pub struct Run {
    /// The exit code; -1 after a signal.
    pub code: i32,
    /// What it printed.
    pub stdout: String,
    /// What it complained about.
    pub stderr: String,
}

impl Site {
    /// An empty data folder, on the backends of this run.
    #[must_use]
    pub fn empty() -> Self {
        Self::on(Backends::of_this_run())
    }

    /// An empty data folder with the embedded database, whatever the backends of this run.
    #[must_use]
    pub fn embedded() -> Self {
        Self::on(Backends::default())
    }

    /// An empty data folder, on these backends.
    #[must_use]
    pub fn on(backends: Backends) -> Self {
        let settings = backends.settings();
        Self { folder: TempDir::new().expect("a temporary folder"), settings, backends }
    }

    /// What it keeps its data in.
    #[must_use]
    pub const fn backends(&self) -> &Backends {
        &self.backends
    }

    /// A data folder with the sample catalog on a sample ERP.
    #[must_use]
    pub fn with_sample() -> Self {
        let site = Self::empty();
        erp::copy_to(&site.erp());
        let catalog = tools::root().join("examples/expenses/catalog.yaml");
        site.puente(&["apply", "-f", catalog.to_str().expect("UTF-8")]).expect_success();
        site
    }

    /// A data folder with `catalogs/notes.yaml` on an empty table of notes.
    #[must_use]
    pub fn with_notes() -> Self {
        Self::with_notes_on(Backends::of_this_run())
    }

    /// As [`Site::with_notes`], on these backends.
    #[must_use]
    pub fn with_notes_on(backends: Backends) -> Self {
        let site = Self::on(backends);
        let notes = Connection::open(site.notes()).expect("a database");
        notes.execute_batch("CREATE TABLE notes (id INTEGER PRIMARY KEY, marker TEXT NOT NULL)").expect("a table");
        let url = format!("sqlite:{}", site.notes().display());
        let site = site.setting("SOURCE_NOTES_URL", &url);
        site.puente(&["team", "create", "auditors"]).expect_success();
        let catalog = tools::root().join("tests/catalogs/notes.yaml");
        site.puente(&["apply", "-f", catalog.to_str().expect("UTF-8")]).expect_success();
        site
    }

    /// Gives every later command a setting.
    #[must_use]
    pub fn setting(mut self, name: &str, value: &str) -> Self {
        self.settings.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The folder around everything.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// `DATA_DIR`.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.path().join("data")
    }

    /// The sample ERP's database.
    #[must_use]
    pub fn erp(&self) -> PathBuf {
        self.path().join("erp.sqlite")
    }

    /// The database of [`Site::with_notes`].
    #[must_use]
    pub fn notes(&self) -> PathBuf {
        self.path().join("notes.sqlite")
    }

    /// The environment of every command: nothing of the machine's but its `PATH`.
    #[must_use]
    pub fn environment(&self) -> Vec<(String, String)> {
        let text = |path: PathBuf| path.to_str().expect("UTF-8").to_owned();
        let mut all = vec![
            ("PATH".to_owned(), std::env::var("PATH").unwrap_or_default()),
            ("HOME".to_owned(), text(self.path().to_owned())),
            ("DATA_DIR".to_owned(), text(self.data())),
            ("HOST".to_owned(), "127.0.0.1".to_owned()),
            ("PORT".to_owned(), "0".to_owned()),
            ("SHUTDOWN_DELAY".to_owned(), "0s".to_owned()),
            ("ADMIN_EMAIL".to_owned(), ADMIN_EMAIL.to_owned()),
            ("ADMIN_PASSWORD".to_owned(), ADMIN_PASSWORD.to_owned()),
            ("SOURCE_ERP_URL".to_owned(), format!("sqlite:{}", text(self.erp()))),
        ];
        all.extend(self.settings.iter().cloned());
        all
    }

    /// `puente ARGUMENTS`, ready to start.
    #[must_use]
    pub fn command(&self, arguments: &[&str]) -> Command {
        self.prepared(Command::new(tools::puente()), arguments)
    }

    /// The same by another binary than the one under test.
    #[must_use]
    pub fn command_by(&self, program: &Path, arguments: &[&str]) -> Command {
        self.prepared(Command::new(program), arguments)
    }

    fn prepared(&self, mut command: Command, arguments: &[&str]) -> Command {
        command.args(arguments).current_dir(self.path()).env_clear().envs(self.environment()).stdin(Stdio::null());
        command
    }

    /// Runs `puente ARGUMENTS`. A command that does not end, like a server that should not have started, is ended after
    /// a minute with the exit code 124.
    #[must_use]
    pub fn puente(&self, arguments: &[&str]) -> Run {
        let mut command = Command::new("timeout");
        command.args(["--kill-after=5", "60"]).arg(tools::puente());
        Run::of(self.prepared(command, arguments))
    }

    /// Makes an API key and returns it. `arguments` are those of `puente key create`.
    #[must_use]
    pub fn key(&self, name: &str, arguments: &[&str]) -> String {
        let all = [&["key", "create", name, "--json"], arguments].concat();
        let answer = self.puente(&all).json();
        answer["key"].as_str().unwrap_or_else(|| panic!("no key in {answer}")).to_owned()
    }

    /// Makes a user with the password of [`ADMIN_PASSWORD`].
    pub fn user(&self, email: &str, role: &str) {
        let mut command = self.command(&["user", "add", email, "--role", role]);
        let password = self.write("password.txt", &format!("{ADMIN_PASSWORD}\n"));
        command.stdin(fs::File::open(password).expect("just written"));
        Run::of(command).expect_success();
    }

    /// Writes a file into the folder, and returns its path.
    #[must_use]
    pub fn write(&self, name: &str, content: &str) -> String {
        let path = self.path().join(name);
        fs::write(&path, content).expect("the folder is writable");
        path.to_str().expect("UTF-8").to_owned()
    }

    /// Starts `puente serve`.
    #[must_use]
    pub fn spawn(&self) -> Starting<'_> {
        Starting::new(self, self.command(&["serve"]))
    }

    /// Starts `puente serve` and waits until it is ready.
    pub async fn serve(&self) -> Server {
        Server::start(self).await
    }
}

impl Run {
    /// Runs a command to its end.
    #[must_use]
    pub fn of(mut command: Command) -> Self {
        let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).expect("UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }

    /// Fails the test unless the command succeeded.
    #[track_caller]
    #[must_use = "use it, or call expect_success"]
    pub fn success(self) -> Self {
        assert_eq!(self.code, 0, "the command failed\nstdout: {}\nstderr: {}", self.stdout, self.stderr);
        self
    }

    /// Fails the test unless the command succeeded.
    #[track_caller]
    pub fn expect_success(self) {
        let _ = self.success();
    }

    /// What a successful command printed, as JSON.
    #[track_caller]
    #[must_use]
    pub fn json(self) -> Value {
        let run = self.success();
        serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error} in: {}", run.stdout))
    }

    /// Fails the test unless the command failed with `code` and a message that contains all `words`.
    #[track_caller]
    pub fn expect_failure(&self, code: i32, words: &[&str]) {
        assert_eq!(self.code, code, "stdout: {}\nstderr: {}", self.stdout, self.stderr);
        for word in words {
            assert!(self.stderr.contains(word), "no '{word}' in: {}", self.stderr);
        }
        assert!(!self.stderr.contains("panicked"), "{}", self.stderr);
    }
}

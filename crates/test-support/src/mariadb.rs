//! A private MariaDB for tests: one server for a test run, one database for a test.
//!
//! Like [`postgres`](crate::postgres): on a free port of the loopback address, in a temporary folder, stopped by a
//! watchdog when the test run ends in any way.

use std::{
    fs::{self, File},
    io,
    net::{Ipv4Addr, TcpListener},
    os::unix::{
        fs::{MetadataExt, chown},
        process::{CommandExt, parent_id},
    },
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::OnceLock,
    time::Duration,
};

use sqlx::{AssertSqlSafe, Connection, Executor, MySqlConnection};

/// Root without a password, from the loopback address too, where the server does not call it `localhost`.
const ROOT: &str = "CREATE USER IF NOT EXISTS 'root'@'127.0.0.1';
GRANT ALL PRIVILEGES ON *.* TO 'root'@'127.0.0.1' WITH GRANT OPTION;
";

/// Waits for the end of process `$1`, then stops process `$2` and removes the folder `$3`.
const WATCHDOG: &str = r#"
    alive() { kill -0 "$1" && ! grep -q ') Z ' "/proc/$1/stat"; }
    while alive "$1"; do sleep 0.2; done
    kill -KILL "$2"
    while alive "$2"; do sleep 0.1; done
    rm -rf "$3"
"#;

/// A running MariaDB with a user `root` that has no password.
#[derive(Debug)]
pub struct MariaDb {
    port: u16,
}

impl MariaDb {
    /// The server of this test run, started if nobody has yet.
    ///
    /// # Panics
    /// If no MariaDB is found, or none starts: the message says why.
    #[must_use]
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<MariaDb> = OnceLock::new();
        SHARED.get_or_init(|| match port_of_this_run() {
            Ok(port) => Self { port },
            Err(error) => panic!("no MariaDB for the tests (Debian: apt-get install mariadb-server): {error}"),
        })
    }

    /// The URL of a database for `user`, which may hold a password: `reader:secret`.
    #[must_use]
    pub fn url(&self, user: &str, database: &str) -> String {
        format!("mysql://{user}@127.0.0.1:{}/{database}", self.port)
    }

    /// Makes a new, empty database and returns its name.
    ///
    /// # Errors
    /// If the server refuses or does not come up.
    pub async fn create_database(&self) -> sqlx::Result<String> {
        let name = format!("test_{}", uuid::Uuid::now_v7().simple());
        let mut root = self.connect().await?;
        root.execute(AssertSqlSafe(format!("CREATE DATABASE {name} CHARACTER SET utf8mb4"))).await?;
        root.close().await?;
        Ok(name)
    }

    /// Waits until the server takes connections: it starts in the background.
    async fn connect(&self) -> sqlx::Result<MySqlConnection> {
        let mut attempts = 0;
        loop {
            match MySqlConnection::connect(&self.url("root", "mysql")).await {
                Err(sqlx::Error::Io(_)) if attempts < 600 => attempts += 1,
                outcome => return outcome,
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

/// The port of this test run's server, which is started by whoever comes first.
fn port_of_this_run() -> io::Result<u16> {
    let runner = if std::env::var_os("NEXTEST_RUN_ID").is_some() { parent_id() } else { std::process::id() };
    let folder = std::env::temp_dir().join(format!("puente-mariadb-{runner}"));
    fs::create_dir_all(&folder)?;
    let lock = File::create(folder.join("lock"))?;
    lock.lock()?;
    let ready = folder.join("port");
    if let Some(port) = fs::read_to_string(&ready).ok().and_then(|port| port.parse().ok()) {
        return Ok(port);
    }
    let account = account(&folder)?;
    install(&folder, account)?;
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
    let server = start(&folder, account, port)?;
    watch(runner, &server, &folder)?;
    fs::write(&ready, port.to_string())?;
    Ok(port)
}

/// MariaDB refuses to run as root: then the user `nobody`, who gets the folder.
fn account(folder: &Path) -> io::Result<Option<(u32, u32)>> {
    if folder.metadata()?.uid() != 0 {
        return Ok(None);
    }
    let nobody = Path::new("/etc/passwd");
    let users = fs::read_to_string(nobody)?;
    let numbers =
        users.lines().map(|line| line.split(':').collect::<Vec<_>>()).find_map(|user| match user.as_slice() {
            ["nobody", _, user, group, ..] => Some((user.parse().ok()?, group.parse().ok()?)),
            _ => None,
        });
    let (user, group) = numbers.ok_or_else(|| io::Error::other("there is no user nobody"))?;
    chown(folder, Some(user), Some(group))?;
    Ok(Some((user, group)))
}

fn command(program: &str, account: Option<(u32, u32)>, folder: &Path) -> io::Result<Command> {
    let folders = ["/usr/sbin", "/usr/bin", "/usr/local/bin"].map(PathBuf::from);
    let on_path = std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).collect::<Vec<_>>();
    let found = on_path.into_iter().chain(folders).map(|folder| folder.join(program)).find(|path| path.exists());
    let mut command = Command::new(found.ok_or_else(|| io::Error::other(format!("{program} is not installed")))?);
    if let Some((user, group)) = account {
        command.uid(user).gid(group);
    }
    let log = File::options().create(true).append(true).open(folder.join("log"))?;
    command.current_dir("/").stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
    // In a group of its own: what ends the test that happens to be first must not end the server.
    command.process_group(0).arg("--no-defaults").arg(format!("--datadir={}", folder.join("data").display()));
    Ok(command)
}

fn install(folder: &Path, account: Option<(u32, u32)>) -> io::Result<()> {
    let mut install = command("mariadb-install-db", account, folder)?;
    let status = install.args(["--skip-test-db", "--auth-root-authentication-method=normal"]).status()?;
    if status.success() {
        return Ok(());
    }
    Err(io::Error::other(fs::read_to_string(folder.join("log"))?))
}

fn start(folder: &Path, account: Option<(u32, u32)>, port: u16) -> io::Result<Child> {
    let init = folder.join("init.sql");
    fs::write(&init, ROOT)?;
    command("mariadbd", account, folder)?
        .arg(format!("--init-file={}", init.display()))
        .arg(format!("--socket={}", folder.join("socket").display()))
        .arg(format!("--pid-file={}", folder.join("pid").display()))
        .arg(format!("--port={port}"))
        .args(["--bind-address=127.0.0.1", "--skip-name-resolve", "--innodb-flush-log-at-trx-commit=0"])
        .args(["--innodb-buffer-pool-size=32M", "--secure-file-priv=", "--default-time-zone=+03:00"])
        .spawn()
}

/// Leaves a process behind that stops the server and removes its files once the test run has ended.
fn watch(runner: u32, server: &Child, folder: &Path) -> io::Result<()> {
    Command::new("sh")
        .args(["-c", WATCHDOG, "watchdog", &runner.to_string(), &server.id().to_string()])
        .arg(folder)
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()?;
    Ok(())
}

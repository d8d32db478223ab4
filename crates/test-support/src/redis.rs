//! A private Redis for tests, which they may kill, hang and fill.
//!
//! Each one listens on a free port of the loopback address, wants a password, keeps its files in a temporary folder, and
//! is killed when it is dropped; a watchdog does it if its process ends in any other way.
//!
//! The program is `redis-server`, else `valkey-server`, on the `PATH`, or what `PUENTE_REDIS_SERVER` names.

use std::{
    ffi::OsString,
    io::{self, Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    os::unix::process::CommandExt,
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use tempfile::TempDir;

const PASSWORD: &str = "a-password-for-tests";
/// How long it may take to start.
const PATIENCE: Duration = Duration::from_secs(30);
/// Waits for the end of process `$1`, then kills process `$2`.
const WATCHDOG: &str = r#"
    alive() { kill -0 "$1" && ! grep -q ') Z ' "/proc/$1/stat"; }
    while alive "$1" && alive "$2"; do sleep 0.2; done
    if alive "$2"; then kill -KILL "$2"; fi
"#;

/// A running Redis.
#[derive(Debug)]
pub struct Redis {
    child: Child,
    port: u16,
    /// Where it speaks TLS, too.
    tls: Option<u16>,
    folder: TempDir,
}

impl Redis {
    /// Starts one.
    ///
    /// # Panics
    /// If there is no Redis, or it does not start: the message says why.
    #[must_use]
    pub fn start() -> Self {
        Self::new(TempDir::new().expect("a temporary folder"), None)
    }

    /// Starts one that speaks TLS on another port, with a certificate that only [`Redis::certificate`] vouches for.
    ///
    /// # Panics
    /// As [`Redis::start`], or if there is no `openssl`.
    #[must_use]
    pub fn start_with_tls() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        certify(&folder).unwrap_or_else(|error| panic!("no certificate for the tests: {error}"));
        Self::new(folder, Some(free_port().expect("a free port")))
    }

    fn new(folder: TempDir, tls: Option<u16>) -> Self {
        let port = free_port().expect("a free port");
        let child = spawn(port, tls, &folder).unwrap_or_else(|error| panic!("no Redis for the tests: {error}"));
        Self { child, port, tls, folder }
    }

    /// `rediss://:PASSWORD@localhost:PORT/0`.
    ///
    /// # Panics
    /// If it does not speak TLS.
    #[must_use]
    pub fn tls_url(&self) -> String {
        format!("rediss://:{PASSWORD}@localhost:{}/0", self.tls.expect("it speaks TLS"))
    }

    /// The file with the certificate to trust.
    #[must_use]
    pub fn certificate(&self) -> PathBuf {
        self.folder.path().join("cert.pem")
    }

    /// `redis://:PASSWORD@127.0.0.1:PORT/0`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis://:{PASSWORD}@127.0.0.1:{}/0", self.port)
    }

    /// `kill -9`. Nothing listens on its port any more.
    ///
    /// # Panics
    /// If it cannot be killed.
    pub fn kill(&mut self) {
        self.child.kill().expect("it can be killed");
        self.child.wait().expect("it can be waited for");
    }

    /// Starts it again on the same port, empty.
    ///
    /// # Panics
    /// If it does not start.
    pub fn start_again(&mut self) {
        self.child =
            spawn(self.port, self.tls, &self.folder).unwrap_or_else(|error| panic!("Redis does not start: {error}"));
    }

    /// Hangs it: `SIGSTOP`.
    pub fn hang(&self) {
        self.signal("STOP");
    }

    /// Lets it go on: `SIGCONT`.
    pub fn go_on(&self) {
        self.signal("CONT");
    }

    fn signal(&self, signal: &str) {
        let sent = Command::new("kill").arg(format!("-{signal}")).arg(self.child.id().to_string()).status();
        assert!(sent.is_ok_and(|status| status.success()), "kill -{signal}");
    }

    /// Sends a command, and returns the answer as Redis writes it (RESP2).
    ///
    /// # Panics
    /// If Redis does not answer.
    #[must_use]
    pub fn ask(&self, words: &[&str]) -> String {
        ask(self.port, words).expect("Redis answers")
    }

    /// The keys that match a pattern.
    #[must_use]
    pub fn keys(&self, pattern: &str) -> Vec<String> {
        let answer = self.ask(&["KEYS", pattern]);
        answer.lines().skip(1).filter(|line| !line.starts_with('$')).map(str::to_owned).collect()
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        // A test that fails may have killed it already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// Makes `cert.pem` and `key.pem` for `localhost`.
fn certify(folder: &TempDir) -> io::Result<()> {
    let mut openssl = Command::new("openssl");
    openssl.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]);
    openssl.args(["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", "key.pem"]);
    openssl.args(["-addext", "basicConstraints=critical,CA:FALSE", "-out", "cert.pem"]).current_dir(folder);
    let output = openssl.output()?;
    let complaint = || io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned());
    output.status.success().then_some(()).ok_or_else(complaint)
}

fn spawn(port: u16, tls: Option<u16>, folder: &TempDir) -> io::Result<Child> {
    let mut arguments: Vec<String> = Vec::new();
    if let Some(tls) = tls {
        let files = ["--tls-cert-file cert.pem", "--tls-key-file key.pem", "--tls-ca-cert-file cert.pem"];
        let rest = files.into_iter().chain(["--tls-auth-clients no"]).flat_map(|pair| pair.split(' '));
        arguments.extend(["--tls-port".to_owned(), tls.to_string()].into_iter().chain(rest.map(str::to_owned)));
    }
    let port_text = port.to_string();
    let common = ["--port", &port_text, "--bind", "127.0.0.1", "--requirepass", PASSWORD, "--save", "", "--dir"];
    arguments.extend(common.map(str::to_owned));
    let named = std::env::var_os("PUENTE_REDIS_SERVER").into_iter();
    let programs = named.chain(["redis-server", "valkey-server"].map(OsString::from));
    let mut child = Err(io::Error::other("not installed; run scripts/install-test-tools.sh"));
    for program in programs {
        let mut command = Command::new(program);
        command
            .args(&arguments)
            .arg(folder.path())
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        child = command.spawn().or(child);
        if child.is_ok() {
            break;
        }
    }
    let mut child = child?;
    watch(child.id())?;
    let deadline = Instant::now() + PATIENCE;
    while !ask(port, &["PING"]).is_ok_and(|answer| answer.starts_with("+PONG")) {
        if let Some(status) = child.try_wait()? {
            return Err(io::Error::other(format!("it ended with {status}")));
        }
        assert!(Instant::now() < deadline, "Redis does not answer");
        sleep(Duration::from_millis(10));
    }
    Ok(child)
}

fn watch(pid: u32) -> io::Result<()> {
    let own = std::process::id().to_string();
    let mut watchdog = Command::new("sh");
    watchdog.args(["-c", WATCHDOG, "watchdog", &own, &pid.to_string()]).current_dir("/");
    watchdog.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0).spawn()?;
    Ok(())
}

fn ask(port: u16, words: &[&str]) -> io::Result<String> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    for words in [&["AUTH", PASSWORD], words, &["QUIT"]] {
        write!(stream, "*{}\r\n", words.len())?;
        for word in words {
            write!(stream, "${}\r\n{word}\r\n", word.len())?;
        }
    }
    let mut answers = String::new();
    stream.read_to_string(&mut answers)?;
    let answer = answers.strip_prefix("+OK\r\n").unwrap_or(&answers);
    Ok(answer.strip_suffix("+OK\r\n").unwrap_or(answer).to_owned())
}

//! A running `puente serve`.

use std::{
    fs::{self, File},
    path::PathBuf,
    process::{ExitStatus, Stdio},
    time::Duration,
};

use serde_json::Value;
use tokio::{
    process::{Child, Command},
    time::{Instant, sleep},
};

use crate::{ADMIN_EMAIL, ADMIN_PASSWORD, Api, Mcp, Site};

/// How long anything may take before the test fails; far beyond what a slow machine needs.
const PATIENCE: Duration = Duration::from_mins(1);

/// A server of its own on a free port of the loopback interface; killed when dropped.
pub struct Server {
    child: Child,
    url: String,
    log: PathBuf,
}

impl Server {
    pub(crate) async fn start(site: &Site) -> Self {
        Self::start_by(site, site.command(&["serve"])).await
    }

    /// Starts the server by a command of the test's own.
    pub async fn start_by(site: &Site, command: std::process::Command) -> Self {
        Starting::new(site, command).ready().await
    }

    /// `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The endpoint of the default virtual server.
    #[must_use]
    pub fn mcp_url(&self) -> String {
        format!("{}/mcp", self.url)
    }

    /// The endpoint of a virtual server.
    #[must_use]
    pub fn server_url(&self, name: &str) -> String {
        format!("{}/servers/{name}/mcp", self.url)
    }

    /// The REST API, with a token or key.
    #[must_use]
    pub fn api(&self, token: &str) -> Api {
        Api::new(&self.url, token)
    }

    /// The REST API, signed in as the administrator.
    pub async fn admin(&self) -> Api {
        Api::sign_in(&self.url, ADMIN_EMAIL, ADMIN_PASSWORD).await
    }

    /// Raw MCP requests to `/mcp`.
    #[must_use]
    pub fn mcp(&self, token: &str) -> Mcp {
        Mcp::new(&self.mcp_url(), token)
    }

    /// The server's process.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id().expect("it runs")
    }

    /// Everything that it logged, over all its starts on the same site.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Whether it is connected to Redis, by what it said. It serves before.
    #[must_use]
    pub fn has_found_redis(&self) -> bool {
        self.log().contains("connected to Redis")
    }

    /// `kill -9`.
    pub async fn kill(mut self) {
        self.child.kill().await.expect("it can be killed");
    }

    /// `kill -TERM`, then waits for a graceful end.
    pub async fn stop(self) -> ExitStatus {
        self.terminate().await;
        self.ended().await
    }

    /// `kill -TERM`.
    pub async fn terminate(&self) {
        let kill = format!("kill -TERM {}", self.pid());
        let sent = Command::new("sh").args(["-c", &kill]).status().await.expect("sh runs");
        assert!(sent.success(), "{kill}");
    }

    /// Waits for its end.
    pub async fn ended(mut self) -> ExitStatus {
        tokio::time::timeout(PATIENCE, self.child.wait()).await.expect("it stops").expect("it can be waited for")
    }

    /// Waits until `condition` holds.
    pub async fn until(&self, what: &str, condition: impl AsyncFn() -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !condition().await {
            assert!(Instant::now() < deadline, "waited in vain until {what}\n{}", self.log());
            sleep(Duration::from_millis(10)).await;
        }
    }
}

/// A server that may not serve yet; killed when dropped.
pub struct Starting<'a> {
    site: &'a Site,
    child: Child,
    log: PathBuf,
}

impl<'a> Starting<'a> {
    pub(crate) fn new(site: &'a Site, command: std::process::Command) -> Self {
        let log = site.path().join("serve.log");
        let file = File::options().create(true).append(true).open(&log).expect("the folder is writable");
        let child = Command::from(command)
            .stdout(file.try_clone().expect("a second handle"))
            .stderr(file)
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("puente starts");
        Self { site, child, log }
    }

    /// Waits until it is ready.
    pub async fn ready(mut self) -> Server {
        let url = address(self.site, &mut self.child, &self.log).await;
        let server = Server { child: self.child, url, log: self.log };
        let ready = Api::anonymous(&server.url);
        server.until("it is ready", async || ready.get("/health/ready").await.status == 200).await;
        server
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("--- the server's log:\n{}", self.log());
        }
    }
}

/// The server writes where it listens into its data folder.
async fn address(site: &Site, child: &mut Child, log: &PathBuf) -> String {
    let path = site.data().join("serve.json");
    let deadline = Instant::now() + PATIENCE;
    loop {
        let said = fs::read(&path).ok().and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
        if let Some(said) = said.filter(|said| said["pid"].as_u64() == child.id().map(u64::from)) {
            return said["url"].as_str().expect("an address").to_owned();
        }
        if let Some(status) = child.try_wait().expect("it can be asked") {
            panic!("the server ended with {status}:\n{}", fs::read_to_string(log).unwrap_or_default());
        }
        assert!(Instant::now() < deadline, "the server does not say where it listens");
        sleep(Duration::from_millis(10)).await;
    }
}

//! The server: where it listens, what it is called from outside, and where it keeps its files.

use std::{num::NonZeroUsize, path::PathBuf, time::Duration};

use url::{Host, Url};

use crate::{parse, reader::Reader, setting::Setting};

pub(crate) const ENVIRONMENT: Setting =
    Setting::new("ENVIRONMENT", "development", "`production` refuses to start on weak or generated secrets");
const DEBUG: Setting = Setting::new("DEBUG", "false", "More detail in the log; refused in production");
const DATA_DIR: Setting =
    Setting::new("DATA_DIR", "./data", "Embedded database, keys and uploads; one `puente serve` at a time");
const UPLOADS_DIR: Setting = Setting::optional("UPLOADS_DIR", "$DATA_DIR/uploads", "Uploaded documents");
const HOST: Setting = Setting::new("HOST", "127.0.0.1", "The address to listen on; `0.0.0.0` or `::` for all");
const PORT: Setting = Setting::new("PORT", "8000", "The port to listen on; 0 takes a free one");
const PUBLIC_URL: Setting =
    Setting::optional("PUBLIC_URL", "from HOST and PORT", "What clients see: links, token issuer, allowed origin");
const WORKERS: Setting = Setting::optional("WORKERS", "number of cores", "Worker threads");
const METRICS_ADDR: Setting =
    Setting::optional("METRICS_ADDR", "none: /metrics needs a key", "A second listener, for /metrics without a key");
const SHUTDOWN_DELAY: Setting =
    Setting::new("SHUTDOWN_DELAY", "5s", "How long a stopping server still accepts, so that balancers notice");
const SHUTDOWN_TIMEOUT: Setting =
    Setting::new("SHUTDOWN_TIMEOUT", "30s", "How long calls in flight may go on after that");

pub(crate) const SETTINGS: &[Setting] = &[
    ENVIRONMENT,
    DEBUG,
    DATA_DIR,
    UPLOADS_DIR,
    HOST,
    PORT,
    PUBLIC_URL,
    WORKERS,
    METRICS_ADDR,
    SHUTDOWN_DELAY,
    SHUTDOWN_TIMEOUT,
];

/// What the server is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Environment {
    /// Secrets may be generated.
    Development,
    /// Secrets must be given, and be strong.
    Production,
}

/// Where the server listens and keeps its files.
#[derive(Clone, Debug)]
pub struct Server {
    /// `ENVIRONMENT`.
    pub environment: Environment,
    /// `DEBUG`.
    pub debug: bool,
    /// `DATA_DIR`, as it was written: relative to the working directory if it is relative.
    pub data_dir: PathBuf,
    /// `UPLOADS_DIR`.
    pub uploads_dir: PathBuf,
    /// `HOST`.
    pub host: Host<String>,
    /// `PORT`; 0 means any free one.
    pub port: u16,
    /// `WORKERS`; `None` means the number of cores.
    pub workers: Option<NonZeroUsize>,
    /// `METRICS_ADDR`.
    pub metrics_addr: Option<std::net::SocketAddr>,
    /// `SHUTDOWN_DELAY`.
    pub shutdown_delay: Duration,
    /// `SHUTDOWN_TIMEOUT`.
    pub shutdown_timeout: Duration,
    public_url: Option<Url>,
}

impl Server {
    pub(crate) fn read(reader: &mut Reader<'_>) -> Self {
        let data_dir = reader.value(&DATA_DIR, parse::path);
        let server = Self {
            environment: reader.value(&ENVIRONMENT, environment),
            debug: reader.value(&DEBUG, parse::flag),
            uploads_dir: reader.optional(&UPLOADS_DIR, parse::path).unwrap_or_else(|| data_dir.join("uploads")),
            data_dir,
            host: reader.value(&HOST, host),
            port: reader.value(&PORT, port),
            workers: reader.optional(&WORKERS, workers),
            metrics_addr: reader.optional(&METRICS_ADDR, metrics_addr),
            shutdown_delay: reader.value(&SHUTDOWN_DELAY, parse::duration),
            shutdown_timeout: reader.value(&SHUTDOWN_TIMEOUT, parse::duration),
            public_url: reader.optional(&PUBLIC_URL, parse::web_url),
        };
        if server.environment == Environment::Production && server.debug {
            reader.problem(&DEBUG, "must be false when ENVIRONMENT is production");
        }
        server
    }

    /// What to listen on, for name resolution: `127.0.0.1:8000`, `[::1]:8000`, `localhost:8000`.
    #[must_use]
    pub fn bind_address(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    /// What clients see, without a `/` at its end. `port` is the one that the listener got.
    #[must_use]
    pub fn public_url(&self, port: u16) -> String {
        let url = self.public_url.as_ref().map_or_else(|| self.local_url(port), Url::to_string);
        url.trim_end_matches('/').to_owned()
    }

    /// How this machine reaches the server: loopback where it listens on every address. Without a `/` at its end.
    #[must_use]
    pub fn local_url(&self, port: u16) -> String {
        let host = match &self.host {
            Host::Ipv4(address) if address.is_unspecified() => Host::Ipv4(std::net::Ipv4Addr::LOCALHOST),
            Host::Ipv6(address) if address.is_unspecified() => Host::Ipv6(std::net::Ipv6Addr::LOCALHOST),
            host => host.clone(),
        };
        format!("http://{host}:{port}")
    }

    /// Whether `PUBLIC_URL` was given.
    #[must_use]
    pub const fn has_public_url(&self) -> bool {
        self.public_url.is_some()
    }
}

fn environment(text: &str) -> Result<Environment, String> {
    match text.to_ascii_lowercase().as_str() {
        "development" => Ok(Environment::Development),
        "production" => Ok(Environment::Production),
        _ => Err("`development` or `production`".to_owned()),
    }
}

/// IPv6 addresses with or without brackets.
fn host(text: &str) -> Result<Host<String>, String> {
    let parsed = text.parse().map(Host::Ipv6).or_else(|_| Host::parse(text));
    parsed.map_err(|_| "an IP address or a host name".to_owned())
}

fn port(text: &str) -> Result<u16, String> {
    text.parse().map_err(|_| "a port from 0 to 65535".to_owned())
}

fn workers(text: &str) -> Result<NonZeroUsize, String> {
    parse::within(text, 1..=1024).and_then(|_| parse::count(text))
}

fn metrics_addr(text: &str) -> Result<std::net::SocketAddr, String> {
    text.parse().map_err(|_| "an address with a port, like 127.0.0.1:9090 or [::1]:9090".to_owned())
}

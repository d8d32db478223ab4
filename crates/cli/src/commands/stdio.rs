//! `puente stdio`: MCP on standard input and output.

use anyhow::Context;
use clap::Args;
use puente_app::{Builder, RunningServer};
use puente_config::{LogFormat, LogLevel, Logging, Overrides};
use puente_domain::{Name, server::VirtualServer};
use secrecy::SecretString;

use crate::{
    exit::Refused,
    forward::{self, Upstream},
    global::Global,
    http,
};

const EXAMPLES: &str = "Examples:
  PUENTE_API_KEY=pk_… puente stdio
  PUENTE_API_KEY_FILE=/run/secrets/puente puente stdio --server finance

It acts as the API key in PUENTE_API_KEY; `puente connect claude-desktop` sets that up. Beside a running server on the
same data folder it forwards to it; otherwise it connects the sources itself. Its log goes to standard error.";

/// How long a server that says it runs may take to answer.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(3);

#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Stdio {
    /// The virtual server
    #[arg(long, value_name = "NAME", default_value = VirtualServer::DEFAULT)]
    server: Name,
}

impl Stdio {
    pub(crate) async fn run(self, global: &Global) -> anyhow::Result<()> {
        let key = key()?;
        let config = global.settings(Overrides::new())?;
        let level = config.logging.level.min(LogLevel::Warn);
        let _log = puente_app::start_telemetry(&Logging { level, format: LogFormat::Text, dir: None })?;
        if let Some(server) = running(&config.server.data_dir).await? {
            let upstream = Upstream::new(format!("{}{}", server.url, path(&self.server)), key)?;
            upstream.check().await?;
            return Ok(forward::run(upstream, tokio::io::stdin(), tokio::io::stdout()).await?);
        }
        let app = Builder::new(config).open().await?;
        puente_app::serve_stdio(app, &key, self.server.as_str()).await
    }
}

fn path(server: &Name) -> String {
    if server.as_str() == VirtualServer::DEFAULT { "/mcp".to_owned() } else { format!("/servers/{server}/mcp") }
}

fn key() -> anyhow::Result<SecretString> {
    if let Some(key) = std::env::var("PUENTE_API_KEY").ok().filter(|key| !key.trim().is_empty()) {
        return Ok(key.trim().into());
    }
    let missing =
        "PUENTE_API_KEY is not set: make a key with `puente key create`, or run `puente connect claude-desktop`";
    let path = std::env::var("PUENTE_API_KEY_FILE").map_err(|_| Refused(missing.to_owned()))?;
    let key = std::fs::read_to_string(&path).with_context(|| format!("cannot read PUENTE_API_KEY_FILE {path}"))?;
    Ok(key.trim().into())
}

/// The server on this data, if it answers: one that was killed leaves its file behind.
async fn running(data_dir: &std::path::Path) -> anyhow::Result<Option<RunningServer>> {
    let Some(server) = RunningServer::find(data_dir) else { return Ok(None) };
    let url = format!("{}/health/live", server.url);
    let alive = tokio::task::spawn_blocking(move || http::status(&url, PATIENCE)).await?;
    Ok(alive.is_ok().then_some(server))
}

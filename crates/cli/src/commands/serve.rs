//! `puente serve`: runs the server.

use std::{num::NonZeroUsize, thread};

use clap::Args;
use puente_app::{App, Builder, Served};
use puente_config::{Config, Environment, Overrides};
use puente_gateway::Actor;

use super::first_start;
use crate::{exit::Misconfigured, global::Global, output};

const EXAMPLES: &str = "Examples:
  puente serve
  puente serve --host 0.0.0.0 --port 9000 --public-url https://puente.example.com
  DATABASE_URL=postgresql://puente@db/puente puente serve

Every setting can also be an environment variable, a line in puente.toml, or a file (NAME_FILE);
`puente doctor --settings` lists all of them. Stop it with Ctrl-C or SIGTERM.";

#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Serve {
    /// The address to listen on [setting: `HOST`] [default: 127.0.0.1]
    #[arg(long)]
    host: Option<String>,
    /// The port to listen on; 0 takes a free one [setting: `PORT`] [default: 8000]
    #[arg(long)]
    port: Option<String>,
    /// What clients see [setting: `PUBLIC_URL`]
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// Worker threads [setting: `WORKERS`] [default: number of cores]
    #[arg(long, value_name = "COUNT")]
    workers: Option<String>,
}

impl Serve {
    pub(crate) fn run(self, global: &Global) -> anyhow::Result<()> {
        let given =
            [("HOST", self.host), ("PORT", self.port), ("PUBLIC_URL", self.public_url), ("WORKERS", self.workers)];
        let flags: Overrides = given.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
        let config = global.settings(flags)?;
        super::runtime(workers(&config))?.block_on(serve(config))
    }
}

fn workers(config: &Config) -> NonZeroUsize {
    config.server.workers.or_else(|| thread::available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN)
}

async fn serve(config: Config) -> anyhow::Result<()> {
    let _log = puente_app::start_telemetry(&config.logging)?;
    for warning in &config.warnings {
        tracing::warn!("{warning}");
    }
    let development = config.server.environment == Environment::Development;
    let app = Builder::new(config).open().await?;
    check_keys(&app).await?;
    check_open_servers(&app).await?;
    puente_app::serve(app, |served| tell(&served, development)).await
}

/// With a wrong key every source that needs a secret would fail, one call after the other. A few lost secrets are told
/// by `puente doctor`.
async fn check_keys(app: &App) -> anyhow::Result<()> {
    let secrets = app.gateway.secrets(&Actor::operator()).await?;
    if secrets.is_empty() || secrets.iter().any(|secret| secret.readable) {
        return Ok(());
    }
    let message = "ENCRYPTION_KEY opens none of the stored secrets: give the key that sealed them, or put it behind the \
                   new one (`NEW,OLD`)";
    Err(Misconfigured(message.to_owned()).into())
}

/// In production nobody gets in without a token by an oversight.
async fn check_open_servers(app: &App) -> anyhow::Result<()> {
    let open = app.gateway.forbidden_open_servers().await?;
    if open.is_empty() {
        return Ok(());
    }
    let message = format!(
        "ENVIRONMENT=production, and anyone may use the virtual servers {} without a token: take `open: true` out of the \
         catalog and apply it, or set ALLOW_OPEN_SERVERS=true if that is meant",
        open.join(", ")
    );
    Err(Misconfigured(message).into())
}

/// What a person must know. Secrets come first: whoever reads the address has read all.
fn tell(served: &Served, development: bool) {
    if let Some(made) = &served.first_start {
        first_start::show(made);
    }
    if served.first_start.is_some() || development {
        output::line(format_args!(
            "Connect a client:   puente connect claude-desktop|claude-code|cursor|vscode --write"
        ));
    }
    output::line(format_args!("Puente serves on    {}", served.url));
}

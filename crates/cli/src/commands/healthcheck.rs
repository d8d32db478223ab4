//! `puente healthcheck`: for containers without curl.

use std::time::Duration;

use anyhow::{Context, bail};
use clap::Args;
use puente_config::Overrides;

use crate::{global::Global, http};

#[derive(Args, Debug)]
#[command(after_help = "Examples:
  puente healthcheck
  puente healthcheck --url http://127.0.0.1:9000

Asks /health/ready on HOST and PORT (on loopback where the server listens on every address).")]
pub(crate) struct Healthcheck {
    /// The server's address [default: from the settings]
    #[arg(long)]
    url: Option<String>,
    /// How long to wait for the answer, in seconds
    #[arg(long, default_value_t = 3, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=600))]
    timeout: u64,
}

impl Healthcheck {
    pub(crate) fn run(self, global: &Global) -> anyhow::Result<()> {
        let base = if let Some(url) = self.url {
            url
        } else {
            let server = global.settings(Overrides::new())?.server;
            server.local_url(server.port)
        };
        let url = format!("{}/health/ready", base.trim_end_matches('/'));
        let status =
            http::status(&url, Duration::from_secs(self.timeout)).with_context(|| format!("no answer from {url}"))?;
        if status != 200 {
            bail!("{url} answered {status}: the server is not ready");
        }
        Ok(())
    }
}

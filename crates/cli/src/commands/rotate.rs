//! `puente secret rotate`: new keys, in two steps where a server runs, so that nothing is lost on the way.

use std::{path::Path, time::Duration};

use anyhow::bail;
use clap::Args;
use puente_app::RunningServer;
use puente_config::{Config, KeySource, Overrides, keys};
use puente_gateway::Actor;

use crate::{global::Global, http, output};

const PATIENCE: Duration = Duration::from_secs(2);

#[derive(Args, Debug)]
pub(crate) struct Rotate {
    /// Make a new key first (where Puente keeps its keys itself)
    #[arg(long)]
    new_key: bool,
    /// The keys that sign access tokens instead of those that seal secrets
    #[arg(long, requires = "new_key")]
    tokens: bool,
}

impl Rotate {
    pub(crate) async fn run(self, global: &Global) -> anyhow::Result<()> {
        let config = global.settings(Overrides::new())?;
        let running = is_running(&config.server.data_dir);
        if self.new_key {
            self.make_key(&config)?;
        }
        match (self.tokens, self.new_key && running) {
            (true, true) => {
                output::hint("restart the server: it signs with the new key then, and takes tokens of the old one");
            }
            (true, false) => {}
            (false, true) => {
                output::hint("restart the server, then run `puente secret rotate` to seal everything anew");
            }
            (false, false) => reseal(global).await?,
        }
        Ok(())
    }

    fn make_key(&self, config: &Config) -> anyhow::Result<()> {
        let (name, source) = if self.tokens {
            ("JWT_SECRET_KEY", &config.security.jwt)
        } else {
            ("ENCRYPTION_KEY", &config.security.encryption)
        };
        let KeySource::Generated { path } = source else {
            bail!("{name} is set by hand: put the new key before the old one there (`NEW,OLD`), and restart the server")
        };
        let all = keys::rotate(path)?;
        output::done("Made", format_args!("a new key in `{}`; {} older ones stay", path.display(), all.len() - 1));
        Ok(())
    }
}

async fn reseal(global: &Global) -> anyhow::Result<()> {
    let (app, _log) = global.open().await?;
    let rotation = app.gateway.rotate_secrets(&Actor::operator()).await;
    app.close().await;
    let rotation = rotation?;
    output::done("Sealed", format_args!("{} secrets anew; {} were already", rotation.sealed, rotation.unchanged));
    if rotation.unreadable.is_empty() {
        if rotation.sealed > 0 {
            output::hint(
                "keep the older keys for a day: what clients can still fetch of their calls is sealed with them",
            );
        }
        return Ok(());
    }
    bail!("no key opens {}; set them again, or add the key that sealed them", rotation.unreadable.join(", "))
}

/// Whether a server answers on this data: it knows only the keys that it started with.
fn is_running(data_dir: &Path) -> bool {
    RunningServer::find(data_dir)
        .is_some_and(|server| http::status(&format!("{}/health/live", server.url), PATIENCE).is_ok())
}

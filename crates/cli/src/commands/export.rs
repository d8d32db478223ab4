//! `puente export`: the catalog as a file.

use clap::Args;
use puente_gateway::Actor;

use crate::{global::Global, output};

#[derive(Args, Debug)]
#[command(after_help = "Examples:
  puente export > catalog.yaml

Secrets are references in it (`${secret:NAME}`), never values.")]
pub(crate) struct Export {}

impl Export {
    pub(crate) async fn run(self, global: &Global) -> anyhow::Result<()> {
        let (app, _log) = global.open().await?;
        let text = app.gateway.export(&Actor::operator()).await;
        app.close().await;
        output::line(text?.trim_end());
        Ok(())
    }
}

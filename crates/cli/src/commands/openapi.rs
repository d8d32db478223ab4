//! `puente openapi`: the REST API's description.

use clap::Args;

use crate::output;

#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  puente openapi > openapi.json")]
pub(crate) struct Openapi {}

impl Openapi {
    #[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "every command runs like this")]
    pub(crate) fn run(self) -> anyhow::Result<()> {
        output::line(puente_api::openapi());
        Ok(())
    }
}

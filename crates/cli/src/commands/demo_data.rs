//! `puente demo-data`: the sample ERP database.

use std::path::PathBuf;

use clap::Args;

use crate::{demo, output};

#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  puente demo-data data/erp.sqlite")]
pub(crate) struct DemoData {
    /// Where to write it; what is there is replaced
    #[arg(value_name = "FILE")]
    path: PathBuf,
    /// Do nothing if the file exists
    #[arg(long)]
    if_missing: bool,
}

impl DemoData {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        if self.if_missing && self.path.exists() {
            return Ok(());
        }
        demo::generate(&self.path)?;
        output::done("Wrote", format_args!("the sample ERP to `{}`", self.path.display()));
        Ok(())
    }
}

//! `puente apply`: the catalog becomes what a file says.

use std::{io::Read, path::PathBuf};

use anyhow::Context;
use clap::Args;
use puente_domain::catalog::Origin;
use puente_gateway::{
    Actor,
    catalog::{ApplyOptions, Change, Diff},
};
use serde_json::json;

use crate::{global::Global, output};

/// More than any catalog has.
const LARGEST: u64 = 16 * 1024 * 1024;

const EXAMPLES: &str = "Examples:
  puente apply -f catalog.yaml
  puente apply -f catalog.yaml --dry-run
  puente export | sed 's/limit: 50/limit: 20/' | puente apply -f -

All of the file is applied, or nothing. A running server takes it up at once.";

#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Apply {
    /// The catalog file; `-` for standard input
    #[arg(short, long, value_name = "FILE")]
    file: PathBuf,
    /// Check and compare only
    #[arg(long)]
    dry_run: bool,
    /// Delete what the file does not name
    #[arg(long)]
    prune: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Apply {
    pub(crate) async fn run(self, global: &Global) -> anyhow::Result<()> {
        let name = self.file.display().to_string();
        let text = self.read().with_context(|| format!("cannot read {name}"))?;
        let (app, _log) = global.open().await?;
        let options = ApplyOptions { dry_run: self.dry_run, prune: self.prune, origin: Origin::Operator };
        let diff = app.gateway.apply(&Actor::operator(), &text, options).await;
        app.close().await;
        let diff = diff.with_context(|| format!("{name} was not applied"))?;
        if self.json {
            return output::json(&as_json(&diff));
        }
        output::line(&diff);
        match (self.dry_run, diff.is_empty()) {
            (true, false) => output::hint("nothing was written; run it again without `--dry-run`"),
            (true, true) => {}
            (false, _) => output::done("Applied", &name),
        }
        Ok(())
    }

    fn read(&self) -> std::io::Result<String> {
        let mut text = String::new();
        if self.file.as_os_str() == "-" {
            std::io::stdin().take(LARGEST).read_to_string(&mut text)?;
        } else {
            std::fs::File::open(&self.file)?.take(LARGEST).read_to_string(&mut text)?;
        }
        Ok(text)
    }
}

fn as_json(diff: &Diff) -> serde_json::Value {
    let changes = diff.entries.iter().map(|entry| {
        let change = match entry.change {
            Change::Added => "added",
            Change::Changed => "changed",
            Change::Removed => "removed",
            Change::Unchanged => "unchanged",
            Change::Kept => "kept",
        };
        json!({"change": change, "kind": entry.kind, "name": entry.name, "fields": entry.fields})
    });
    let warnings = diff.warnings.iter().map(ToString::to_string);
    json!({"changes": changes.collect::<Vec<_>>(), "warnings": warnings.collect::<Vec<_>>()})
}

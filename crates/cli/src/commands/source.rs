//! `puente source`: connected systems.

use anyhow::bail;
use clap::Subcommand;
use puente_app::App;
use puente_domain::catalog::SourceRecord;
use puente_gateway::{
    Actor,
    catalog::{PinChange, PinDiff},
};
use puente_sources::{Change, Checked};
use serde_json::json;

use super::pages::every;
use crate::{global::Global, output};

const EXAMPLES: &str = "Examples:
  puente source list
  puente source test erp
  puente source draft erp > draft.yaml      # review it, then: puente apply -f draft.yaml
  puente source diff github && puente source accept github
  puente source sync petstore --dry-run     # what changed in its OpenAPI document";

#[derive(Debug, Subcommand)]
#[command(after_help = EXAMPLES)]
pub(crate) enum Source {
    /// All sources of the catalog
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Ask a source's system whether it is there
    Test {
        /// The source; all if none is named
        name: Option<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Show the tools of an MCP server that are not what was accepted
    Diff {
        /// The source
        name: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Accept the tools of an MCP server as they are now
    Accept {
        /// The source
        name: String,
        /// Only these tools, by the server's own names
        tools: Vec<String>,
    },
    /// Read a source's schema, and print a catalog with tools for it
    Draft {
        /// The source; it must be in the catalog, if only with its address
        name: String,
    },
    /// Read a source's document again, and take over what changed; edits of the catalog stay
    Sync {
        /// The source
        name: String,
        /// Only show what would change
        #[arg(long)]
        dry_run: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

impl Source {
    pub(crate) async fn run(self, global: &Global) -> anyhow::Result<()> {
        let (app, _log) = global.open().await?;
        let done = match self {
            Self::List { json } => list(&app, json).await,
            Self::Test { name: Some(name), json } => test(&app, &name, json).await,
            Self::Test { name: None, json } => test_all(&app, json).await,
            Self::Sync { name, dry_run, json } => sync(&app, &name, dry_run, json).await,
            Self::Diff { name, json } => diff(&app, &name, json).await,
            Self::Accept { name, tools } => accept(&app, &name, &tools).await,
            Self::Draft { name } => {
                app.gateway.source_draft(&Actor::operator(), &name).await.map(output::line).map_err(Into::into)
            }
        };
        app.close().await;
        done
    }
}

pub(super) async fn all(app: &App) -> anyhow::Result<Vec<SourceRecord>> {
    Ok(every(async |page| app.gateway.sources(&Actor::operator(), None, page).await).await?)
}

async fn list(app: &App, json: bool) -> anyhow::Result<()> {
    let sources = all(app).await?;
    if json {
        let object = |source: &SourceRecord| json!({"name": source.name, "type": source.kind, "enabled": source.enabled, "description": source.description});
        return output::json(&sources.iter().map(object).collect::<Vec<_>>());
    }
    let row = |source: &SourceRecord| {
        let state = if source.enabled { "enabled" } else { "disabled" };
        [source.name.to_string(), source.kind.as_str().to_owned(), state.to_owned(), source.description.clone()]
    };
    output::table(["NAME", "TYPE", "STATE", "DESCRIPTION"], sources.iter().map(row));
    Ok(())
}

async fn test(app: &App, name: &str, json: bool) -> anyhow::Result<()> {
    let checked = app.gateway.source_test(&Actor::operator(), name).await?;
    if json {
        return output::json(&as_json(name, &checked));
    }
    show(name, &checked);
    Ok(())
}

async fn test_all(app: &App, json: bool) -> anyhow::Result<()> {
    let (mut objects, mut failed) = (Vec::new(), 0);
    for source in all(app).await?.iter().filter(|source| source.enabled) {
        let name = source.name.as_str();
        match app.gateway.source_test(&Actor::operator(), name).await {
            Ok(checked) if json => objects.push(as_json(name, &checked)),
            Ok(checked) => show(name, &checked),
            Err(error) => {
                failed += 1;
                objects.push(json!({"source": name, "error": error.to_string()}));
                output::warning(format_args!("source {name}: {error}"));
            }
        }
    }
    if json {
        output::json(&objects)?;
    }
    if failed == 0 { Ok(()) } else { bail!("{failed} sources do not answer") }
}

async fn sync(app: &App, name: &str, dry_run: bool, json: bool) -> anyhow::Result<()> {
    let report = app.gateway.source_sync(&Actor::operator(), name, dry_run).await?;
    if json {
        let changed = report.tools.iter().filter(|tool| tool.change != Change::Unchanged);
        let tools: Vec<_> = changed
            .map(|tool| json!({"tool": tool.name, "change": word(tool.change, tool.has_local_edits), "details": tool.details}))
            .collect();
        return output::json(&json!({"tools": tools, "settings": report.settings, "problems": report.problems}));
    }
    report.problems.iter().for_each(output::warning);
    for tool in report.tools.iter().filter(|tool| tool.change != Change::Unchanged) {
        let details = if tool.details.is_empty() { String::new() } else { format!(" ({})", tool.details.join(", ")) };
        output::line(format!("{} {name}.{}{details}", word(tool.change, tool.has_local_edits), tool.name));
    }
    if !report.settings.is_empty() {
        output::line(format!("changed {name}: {}", report.settings.join(", ")));
    }
    let counted = format_args!(
        "source {name}: {} added, {} changed, {} removed, {} unchanged",
        report.count(Change::Added),
        report.count(Change::Changed),
        report.count(Change::Removed),
        report.count(Change::Unchanged)
    );
    output::done(if dry_run { "Compared" } else { "Synced" }, counted);
    Ok(())
}

/// A removed tool that somebody edited is disabled.
fn word(change: Change, has_local_edits: bool) -> &'static str {
    match change {
        Change::Added => "added",
        Change::Changed => "changed",
        Change::Removed if has_local_edits => "disabled",
        Change::Removed => "removed",
        Change::Unchanged => "unchanged",
    }
}

async fn diff(app: &App, name: &str, json: bool) -> anyhow::Result<()> {
    let changes = app.gateway.source_diff(&Actor::operator(), name).await?;
    if json {
        return output::json(&changes.iter().map(change_json).collect::<Vec<_>>());
    }
    if changes.is_empty() {
        output::done("Unchanged", format_args!("source {name}: every tool is as it was accepted"));
    }
    for change in &changes {
        output::line(format!("{} {}", pin_word(change.change), change.tool));
        for (mark, text) in [("-", &change.accepted), ("+", &change.offered)] {
            if let Some(text) = text {
                output::line(format!("  {mark} {text}"));
            }
        }
    }
    Ok(())
}

async fn accept(app: &App, name: &str, tools: &[String]) -> anyhow::Result<()> {
    let changes = app.gateway.source_accept(&Actor::operator(), name, tools).await?;
    for change in &changes {
        output::done("Accepted", format_args!("{name}.{} ({})", change.tool, pin_word(change.change)));
    }
    if changes.is_empty() {
        output::done("Unchanged", format_args!("source {name}: there is nothing to accept"));
    }
    Ok(())
}

const fn pin_word(change: PinChange) -> &'static str {
    match change {
        PinChange::Added => "added",
        PinChange::Changed => "changed",
        PinChange::Removed => "removed",
    }
}

fn change_json(change: &PinDiff) -> serde_json::Value {
    json!({
        "tool": change.tool, "change": pin_word(change.change), "accepted": change.accepted, "offered": change.offered,
    })
}

fn show(name: &str, checked: &Checked) {
    output::done("Answered", format_args!("source {name}: {} in {} ms", checked.system, checked.took.as_millis()));
    checked.warnings.iter().for_each(output::warning);
}

fn as_json(name: &str, checked: &Checked) -> serde_json::Value {
    let took = u64::try_from(checked.took.as_micros()).unwrap_or(u64::MAX);
    json!({"source": name, "system": checked.system, "took_us": took, "warnings": checked.warnings})
}

//! `puente audit`: who did what, when, with which outcome, and the proof that nobody changed it since.

mod export;
mod filter;
mod list;
mod verify;

use anyhow::{Context, bail};
use clap::Subcommand;
use puente_app::App;
use puente_config::Overrides;
use puente_domain::AuditId;
use puente_gateway::Actor;

use crate::{global::Global, output};

const EXAMPLES: &str = "Examples:
  puente audit list --since 1h
  puente audit list --principal agent --outcome refused
  puente audit list --target 'erp.*' --limit 500 --json
  puente audit show 019abc12-…
  puente audit verify
  puente audit verify --head 42:3f…
  puente audit export --json lines --since 30d > audit.jsonl
  puente audit prune --older-than 90d";

#[derive(Debug, Subcommand)]
#[command(after_help = EXAMPLES)]
pub(crate) enum Audit {
    /// Events, the newest first
    List(list::List),
    /// One event with all it holds, as JSON
    Show {
        /// Its id
        id: AuditId,
    },
    /// All events, the oldest first, one a line
    Export(export::Export),
    /// Prove that no event was changed, taken out or put in, or name those that were
    Verify(verify::Verify),
    /// Take events as they are that nothing proves: those of earlier releases. Verify first
    Seal,
    /// Delete old events
    Prune {
        /// Older than this [default: `AUDIT_RETENTION`]
        #[arg(long, value_name = "DURATION")]
        older_than: Option<String>,
    },
}

impl Audit {
    pub(crate) async fn run(self, global: &Global) -> anyhow::Result<()> {
        let flags = match &self {
            Self::Prune { older_than: Some(age) } => Overrides::from([("AUDIT_RETENTION", age.clone())]),
            _ => Overrides::new(),
        };
        let (app, _log) = global.open_with(flags).await?;
        let done = match self {
            Self::List(list) => list.run(&app).await,
            Self::Show { id } => show(&app, id).await,
            Self::Export(export) => export.run(&app).await,
            Self::Verify(verify) => verify.run(&app).await,
            Self::Seal => seal(&app).await,
            Self::Prune { .. } => prune(&app).await,
        };
        app.close().await;
        done
    }
}

async fn show(app: &App, id: AuditId) -> anyhow::Result<()> {
    output::json(&app.gateway.audit_get(&Actor::operator(), id).await?)
}

async fn prune(app: &App) -> anyhow::Result<()> {
    if app.config.audit.retention.is_none() {
        bail!("AUDIT_RETENTION is `forever`; say how old: `puente audit prune --older-than 90d`");
    }
    let count = app.gateway.prune_once().await.context("nothing was deleted")?;
    output::done("Deleted", format_args!("{count} audit events"));
    Ok(())
}

async fn seal(app: &App) -> anyhow::Result<()> {
    let adopted = app.gateway.audit_seal(&Actor::operator()).await?;
    output::done("Sealed", format_args!("{} events as they are", adopted.events));
    if adopted.head {
        output::warning("the head of the chain was not what Puente wrote; the chain goes on behind what is there");
    }
    Ok(())
}

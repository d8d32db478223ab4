//! `puente audit`: who did what, when, with which outcome.

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use puente_app::App;
use puente_config::Overrides;
use puente_domain::{
    AuditId, Timestamp,
    audit::{AuditEvent, Outcome},
};
use puente_gateway::Actor;
use puente_storage::{AuditFilter, Page};

use super::moment::Moment;
use crate::{global::Global, output};

const EXAMPLES: &str = "Examples:
  puente audit list --since 1h
  puente audit list --principal agent --outcome refused
  puente audit list --target 'erp.*' --limit 500 --json
  puente audit show 019abc12-…
  puente audit prune --older-than 90d";

/// The largest page of the database.
const PAGE: u32 = 1000;

#[derive(Debug, Subcommand)]
#[command(after_help = EXAMPLES)]
pub(crate) enum Audit {
    /// Events, the newest first
    List(List),
    /// One event with all it holds, as JSON
    Show {
        /// Its id
        id: AuditId,
    },
    /// Delete old events
    Prune {
        /// Older than this [default: `AUDIT_RETENTION`]
        #[arg(long, value_name = "DURATION")]
        older_than: Option<String>,
    },
}

#[derive(Args, Debug)]
pub(crate) struct List {
    /// From when on: `1h` ago, or 2027-01-31T00:00:00Z
    #[arg(long, value_name = "TIME")]
    since: Option<Moment>,
    /// Until when
    #[arg(long, value_name = "TIME")]
    until: Option<Moment>,
    /// A part of the caller's name
    #[arg(long)]
    principal: Option<String>,
    /// `tools/call`, `users/create`, …
    #[arg(long)]
    action: Option<String>,
    /// `source.tool`, a URI, …; `*` at the end for all that start so
    #[arg(long)]
    target: Option<String>,
    /// The virtual server
    #[arg(long)]
    server: Option<String>,
    /// ok, error, refused, limited, cancelled, `timed_out` or unknown
    #[arg(long, value_parser = outcome)]
    outcome: Option<Outcome>,
    /// At most this many
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    limit: u32,
    /// Print JSON
    #[arg(long)]
    json: bool,
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
            Self::Prune { .. } => prune(&app).await,
        };
        app.close().await;
        done
    }
}

impl List {
    async fn run(self, app: &App) -> anyhow::Result<()> {
        let now = app.clock.now();
        let filter = AuditFilter {
            subject: None,
            principal: self.principal,
            action: self.action,
            target: self.target,
            server: self.server,
            outcome: self.outcome,
            since: self.since.map(|moment| moment.before(now)),
            until: self.until.map(|moment| moment.before(now)),
        };
        let events = newest(app, &filter, self.limit).await?;
        if self.json {
            return output::json(&events);
        }
        table(&events);
        Ok(())
    }
}

async fn newest(app: &App, filter: &AuditFilter, limit: u32) -> anyhow::Result<Vec<AuditEvent>> {
    let mut events: Vec<AuditEvent> = Vec::new();
    let mut after = None;
    loop {
        let left = limit - u32::try_from(events.len())?;
        let page = Page { after, limit: left.min(PAGE) };
        let slice = app.gateway.audit_list(&Actor::operator(), filter.clone(), &page).await?;
        events.extend(slice.items);
        after = slice.next;
        if after.is_none() || events.len() >= usize::try_from(limit)? {
            return Ok(events);
        }
    }
}

fn table(events: &[AuditEvent]) {
    let row = |event: &AuditEvent| {
        let millis =
            format!("{:.1} ms", std::time::Duration::from_micros(event.duration_us.unsigned_abs()).as_secs_f64() * 1e3);
        let detail = event.detail.clone().unwrap_or_default();
        [
            short(event.at),
            event.principal.clone(),
            event.action.clone(),
            event.target.clone(),
            event.outcome.to_string(),
            millis,
            detail,
        ]
    };
    output::table(["TIME (UTC)", "WHO", "ACTION", "TARGET", "OUTCOME", "TOOK", "DETAIL"], events.iter().map(row));
}

/// To the second.
fn short(moment: Timestamp) -> String {
    moment.to_string().chars().take(19).collect()
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

fn outcome(text: &str) -> Result<Outcome, String> {
    let names = || Outcome::ALL.map(Outcome::as_str).join(", ");
    Outcome::ALL.into_iter().find(|outcome| outcome.as_str() == text).ok_or_else(|| format!("one of {}", names()))
}

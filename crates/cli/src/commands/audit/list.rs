//! `puente audit list`: the newest events, for people and scripts.

use clap::Args;
use puente_app::App;
use puente_domain::{Timestamp, audit::AuditEvent};
use puente_gateway::Actor;
use puente_storage::{AuditFilter, Page};

use super::filter::Filter;
use crate::output;

/// The largest page of the database.
const PAGE: u32 = 1000;

#[derive(Args, Debug)]
pub(crate) struct List {
    #[command(flatten)]
    filter: Filter,
    /// At most this many
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    limit: u32,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl List {
    pub(super) async fn run(self, app: &App) -> anyhow::Result<()> {
        let events = newest(app, &self.filter.before(app.clock.now()), self.limit).await?;
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

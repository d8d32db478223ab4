//! `puente transfer rollback`: back to the file.

use clap::Args;
use puente_config::Overrides;
use puente_domain::SystemClock;
use puente_transfer::{Changes, RolledBack, report_of};
use serde_json::{Value, json};

use crate::{
    global::Global,
    moving::{Ends, Role, show},
    output,
};

#[derive(Args, Debug)]
pub(crate) struct Rollback {
    #[command(flatten)]
    ends: Ends,
    /// Leave what was written to PostgreSQL since the transfer behind
    #[arg(long)]
    drop_changes: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Rollback {
    pub(crate) async fn run(self, global: &Global) -> anyhow::Result<()> {
        let config = global.settings(Overrides::new())?;
        let _log = global.start_log(&config)?;
        let from = self.ends.installation(Role::From, &config)?;
        let mut ends = self.ends;
        if ends.to.is_none() {
            ends.to = Some(report_of(&from.place).await?.from);
        }
        let to = ends.installation(Role::To, &config)?;
        let (place, changes) = (to.place.shown(), if self.drop_changes { Changes::Drop } else { Changes::Carry });
        let done = show::while_working(|progress| async move {
            puente_transfer::rollback(&from, &to, changes, &SystemClock, &progress).await
        });
        let done = done.await?;
        if self.json {
            return output::json(&as_json(&done));
        }
        tell(&done, &place);
        Ok(())
    }
}

fn tell(done: &RolledBack, place: &str) {
    for table in &done.since {
        let text =
            format!("{}: {} new, {} changed, {} deleted", table.table, table.added, table.changed, table.missing);
        output::hint(format_args!("since the transfer in {text}"));
    }
    match &done.report {
        Some(report) => {
            report.notes.iter().for_each(output::warning);
            output::done("Carried back", format_args!("{} rows written since the transfer", done.rows()));
            output::done("Verified", format_args!("{place} holds {} rows, the same as PostgreSQL", report.rows()));
        }
        None => output::done(
            "Dropped",
            format_args!("{} rows written since the transfer; {place} is as it was", done.rows()),
        ),
    }
    output::hint(format_args!(
        "now start the server with DATABASE_URL={place}, or without it where that is the default"
    ));
}

fn as_json(done: &RolledBack) -> Value {
    let since: Vec<Value> = done.since.iter().map(show::difference).collect();
    json!({"rows_since": done.rows(), "since": since, "carried": done.report.is_some(), "report": done.report})
}

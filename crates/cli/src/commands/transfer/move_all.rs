//! `puente transfer --from … --to …`: everything.

use std::time::Duration;

use clap::Args;
use puente_config::Overrides;
use puente_domain::SystemClock;
use puente_transfer::{Options, Report};

use super::auto::Auto;
use crate::{
    global::Global,
    moving::{Ends, Role, show},
    output,
};

/// How long replicas on the target get to leave.
const PATIENCE: Duration = Duration::from_mins(1);

#[derive(Args, Debug)]
pub(crate) struct MoveAll {
    #[command(flatten)]
    ends: Ends,
    #[command(flatten)]
    auto: Auto,
    /// Look at everything and say what would be done, but change nothing
    #[arg(long)]
    dry_run: bool,
    /// Replace what the target holds, even if it is more than a first start leaves
    #[arg(long)]
    replace: bool,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

impl MoveAll {
    pub(crate) async fn run(self, global: &Global) -> anyhow::Result<()> {
        if self.auto.schema.is_some() {
            let ends = (self.ends.from, self.ends.to);
            return self.auto.run(global, ends, (self.dry_run, self.json)).await;
        }
        let config = global.settings(Overrides::new())?;
        let _log = global.start_log(&config)?;
        let (from, to) = (self.ends.installation(Role::From, &config)?, self.ends.installation(Role::To, &config)?);
        let options = Options { dry_run: self.dry_run, replace: self.replace, patience: PATIENCE };
        let report = show::while_working(|progress| async move {
            puente_transfer::transfer(&from, &to, options, &SystemClock, &progress).await
        });
        let report = report.await?;
        if self.json {
            return output::json(&report);
        }
        tell(&report, self.dry_run);
        Ok(())
    }
}

fn tell(report: &Report, dry_run: bool) {
    show::tables(&report.tables);
    for replaced in &report.replaced {
        output::hint(format_args!("{} rows of a first start in {} are replaced", replaced.rows, replaced.table));
    }
    let what = format!(
        "{} rows in {} tables and {} files from {} to {}",
        report.rows(),
        report.tables.len(),
        report.files.count,
        report.from,
        report.to
    );
    if dry_run {
        output::done("Looked", format_args!("at {what}; nothing is in the way, and nothing was changed"));
        return;
    }
    report.notes.iter().for_each(output::warning);
    output::done("Moved", what);
    output::done("Verified", "every table has the same content on both sides");
    output::hint(format_args!("now start the server with DATABASE_URL={}", report.to));
    output::hint("the source is as it was; `puente transfer rollback` returns to it with what was written since");
}

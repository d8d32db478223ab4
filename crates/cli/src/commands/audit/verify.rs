//! `puente audit verify`: the proof, or what is wrong.

use anyhow::bail;
use clap::Args;
use puente_app::App;
use puente_gateway::{
    Actor,
    audit::{Anchor, Verification},
};

use crate::output;

#[derive(Args, Debug)]
pub(crate) struct Verify {
    /// The head that an earlier `verify` printed and that was kept elsewhere: the trail must still lead there
    #[arg(long, value_name = "NUMBER:HASH")]
    head: Option<Anchor>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Verify {
    pub(super) async fn run(self, app: &App) -> anyhow::Result<()> {
        let found = app.gateway.audit_verify(&Actor::operator(), self.head).await?;
        if self.json {
            output::json(&found)?;
        } else {
            show(&found);
        }
        let count = found.findings.len() as u64 + found.more;
        if count > 0 {
            bail!("the audit trail is not what Puente wrote: {count} findings");
        }
        Ok(())
    }
}

fn show(found: &Verification) {
    for finding in &found.findings {
        output::failure(finding);
    }
    if found.more > 0 {
        output::failure(format_args!("and {} more", found.more));
    }
    let Verification { events, batches, seals, .. } = found;
    output::done("Verified", format_args!("{events} events in {batches} batches, {seals} seals"));
    if let Some(before) = found.pruned_before {
        output::hint(format_args!("events from before {before} were deleted by retention"));
    }
    if let Some(began_at) = found.began_at.filter(|_| found.unproven > 0) {
        let count = found.unproven;
        output::hint(format_args!(
            "{count} events are older than the chain, which began at {began_at}, and nothing proves them; `puente audit seal` \
             takes them as they are"
        ));
    }
    if let Some(head) = found.head {
        output::line(format_args!("{head}"));
        output::hint(
            "keep this head elsewhere: `puente audit verify --head` proves later that nothing was taken from the end",
        );
    }
}

//! Which events.

use clap::Args;
use puente_domain::{Timestamp, audit::Outcome};
use puente_storage::AuditFilter;

use crate::commands::moment::Moment;

/// All conditions must hold.
#[derive(Args, Debug)]
pub(super) struct Filter {
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
}

impl Filter {
    /// With durations that count back from now.
    pub(super) fn before(self, now: Timestamp) -> AuditFilter {
        AuditFilter {
            subject: None,
            principal: self.principal,
            action: self.action,
            target: self.target,
            server: self.server,
            outcome: self.outcome,
            since: self.since.map(|moment| moment.before(now)),
            until: self.until.map(|moment| moment.before(now)),
        }
    }
}

fn outcome(text: &str) -> Result<Outcome, String> {
    let names = || Outcome::ALL.map(Outcome::as_str).join(", ");
    Outcome::ALL.into_iter().find(|outcome| outcome.as_str() == text).ok_or_else(|| format!("one of {}", names()))
}

//! `puente jobs`: what waits, runs, was done and went wrong in the durable queue.

use clap::{Args, Subcommand};
use puente_app::App;
use puente_domain::{
    Timestamp,
    job::{JobRecord, JobState},
};
use puente_gateway::Actor;
use puente_storage::{JobFilter, Page};

use crate::{global::Global, output};

const EXAMPLES: &str = "Examples:
  puente jobs list
  puente jobs list --state dead --json
  puente jobs show 019abc12-…
  puente jobs retry 019abc12-…
  puente jobs cancel 019abc12-…

States:
  queued     it waits for its moment and for a server
  running    a server has it
  done       it was done
  dead       it failed for good; `show` says why, `retry` gives it another chance
  cancelled  someone gave it up";

/// The largest page of the database.
const PAGE: u32 = 1000;

#[derive(Debug, Subcommand)]
#[command(after_help = EXAMPLES)]
pub(crate) enum Jobs {
    /// Jobs, the newest first
    List(List),
    /// One job with its payload and its last error, as JSON
    Show {
        /// Its id
        id: String,
    },
    /// Queue a dead or cancelled job again
    Retry {
        /// Its id
        id: String,
        /// Print the job as JSON
        #[arg(long)]
        json: bool,
    },
    /// Give a job up; one that runs is told to end
    Cancel {
        /// Its id
        id: String,
        /// Print the job as JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Args, Debug)]
pub(crate) struct List {
    /// queued, running, done, dead or cancelled
    #[arg(long, value_parser = state)]
    state: Option<JobState>,
    /// Of this kind
    #[arg(long)]
    kind: Option<String>,
    /// At most this many
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    limit: u32,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Jobs {
    pub(crate) async fn run(self, global: &Global) -> anyhow::Result<()> {
        let (app, _log) = global.open().await?;
        let done = self.run_on(&app).await;
        app.close().await;
        done
    }

    async fn run_on(self, app: &App) -> anyhow::Result<()> {
        let (gateway, actor) = (&app.gateway, Actor::operator());
        match self {
            Self::List(list) => list.run(app, &actor).await,
            Self::Show { id } => output::json(&gateway.job(&actor, &id).await?),
            Self::Retry { id, json } => {
                let job = gateway.retry_job(&actor, &id).await?;
                output::done("Queued", format_args!("job {id} ({}) again", job.kind));
                if json { output::json(&job) } else { Ok(()) }
            }
            Self::Cancel { id, json } => {
                let job = gateway.cancel_job(&actor, &id).await?;
                let (verb, what) = match job.state {
                    JobState::Running => ("Told", "to end"),
                    _ => ("Cancelled", ""),
                };
                output::done(verb, format_args!("job {id} ({}) {what}", job.kind));
                if json { output::json(&job) } else { Ok(()) }
            }
        }
    }
}

impl List {
    async fn run(self, app: &App, actor: &Actor) -> anyhow::Result<()> {
        let filter = JobFilter { state: self.state, kind: self.kind };
        let mut jobs: Vec<JobRecord> = Vec::new();
        let mut after = None;
        loop {
            let left = self.limit - u32::try_from(jobs.len())?;
            let page = Page { after, limit: left.min(PAGE) };
            let slice = app.gateway.jobs(actor, &filter, &page).await?;
            jobs.extend(slice.items);
            after = slice.next;
            if after.is_none() || jobs.len() >= usize::try_from(self.limit)? {
                break;
            }
        }
        if self.json {
            return output::json(&jobs);
        }
        table(&jobs);
        Ok(())
    }
}

fn table(jobs: &[JobRecord]) {
    let row = |job: &JobRecord| {
        [
            job.id.to_string(),
            job.kind.clone(),
            job.state.to_string(),
            format!("{}/{}", job.attempts, job.max_attempts),
            short(job.created_at),
            short(job.finished_at.or(job.started_at).unwrap_or(job.run_at)),
            job.error.clone().unwrap_or_default(),
        ]
    };
    output::table(["ID", "KIND", "STATE", "TRIES", "MADE (UTC)", "LAST (UTC)", "ERROR"], jobs.iter().map(row));
}

/// To the second.
fn short(moment: Timestamp) -> String {
    moment.to_string().chars().take(19).collect()
}

fn state(text: &str) -> Result<JobState, String> {
    let names = || JobState::ALL.map(JobState::as_str).join(", ");
    JobState::ALL.into_iter().find(|state| state.as_str() == text).ok_or_else(|| format!("one of {}", names()))
}

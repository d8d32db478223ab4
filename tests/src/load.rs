//! A steady load of calls, and what became of them.

use std::{
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use serde_json::json;
use tokio::{task::JoinSet, time::sleep};

use crate::{Answer, Mcp, balancer::REPLICA};

/// How long an agent rests between two calls.
const PAUSE: Duration = Duration::from_millis(5);

/// Agents that call without end: a tool whose results are cached, one whose are not, and one that writes.
pub struct Load {
    running: Arc<Running>,
    agents: JoinSet<()>,
}

struct Running {
    ends: AtomicBool,
    notes: AtomicUsize,
    tally: Mutex<Tally>,
}

/// What became of calls.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Calls that succeeded, by replica.
    pub succeeded: Vec<usize>,
    /// Each call that failed: its replica, if there was one, and what it was answered.
    pub failed: Vec<(Option<usize>, String)>,
    /// The markers of notes whose writing was acknowledged.
    pub acknowledged: Vec<String>,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total: usize = self.succeeded.iter().sum();
        write!(f, "{total} calls succeeded, by replica {:?}; {} failed", self.succeeded, self.failed.len())
    }
}

impl Load {
    /// So many agents call at `url` as the owner of `key`.
    #[must_use]
    pub fn start(url: &str, key: &str, agents: usize) -> Self {
        let tally = Mutex::default();
        let running = Arc::new(Running { ends: AtomicBool::new(false), notes: AtomicUsize::new(0), tally });
        let mcp = Mcp::new(&format!("{url}/mcp"), key);
        let mut tasks = JoinSet::new();
        for _ in 0..agents {
            tasks.spawn(call_until_the_end(mcp.clone(), running.clone()));
        }
        Self { running, agents: tasks }
    }

    /// What became of calls since the last time.
    #[must_use]
    pub fn take(&self) -> Tally {
        std::mem::take(&mut *self.running.tally())
    }

    /// How many calls each replica has answered since the last [`Load::take`].
    #[must_use]
    pub fn served(&self, replica: usize) -> usize {
        self.running.tally().succeeded.get(replica).copied().unwrap_or(0)
    }

    /// How many calls have failed since the last [`Load::take`].
    #[must_use]
    pub fn failed(&self) -> usize {
        self.running.tally().failed.len()
    }

    /// Lets every agent end its call.
    pub async fn stop(self) {
        self.running.ends.store(true, Ordering::Relaxed);
        self.agents.join_all().await;
    }
}

impl Running {
    fn tally(&self) -> std::sync::MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn call_until_the_end(mcp: Mcp, running: Arc<Running>) {
    while !running.ends.load(Ordering::Relaxed) {
        let number = running.notes.fetch_add(1, Ordering::Relaxed);
        let marker = format!("note-{number}");
        let (tool, arguments) = match number % 3 {
            0 => ("notes_add_note", json!({"marker": marker})),
            1 => ("erp_companies", json!({})),
            _ => ("notes_count_notes", json!({})),
        };
        let answer = mcp.call(tool, arguments).await;
        let wrote = number.is_multiple_of(3).then_some(marker);
        count(&mut running.tally(), &answer, wrote);
        sleep(PAUSE).await;
    }
}

fn count(tally: &mut Tally, answer: &Answer, wrote: Option<String>) {
    if succeeded(answer) {
        tally.acknowledged.extend(wrote);
    }
    let replica: Option<usize> = answer.headers.get(REPLICA).and_then(|value| value.to_str().ok()?.parse().ok());
    match replica {
        Some(replica) if succeeded(answer) => {
            if tally.succeeded.len() <= replica {
                tally.succeeded.resize(replica + 1, 0);
            }
            tally.succeeded[replica] += 1;
        }
        _ => tally.failed.push((replica, format!("{} {}", answer.status, answer.body))),
    }
}

fn succeeded(answer: &Answer) -> bool {
    answer.status == 200 && answer.body["result"].is_object() && answer.body["result"]["isError"] != true
}

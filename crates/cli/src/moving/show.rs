//! Progress and tables, for people.

use std::{
    fmt::Write as _,
    future::Future,
    io::{IsTerminal, Write as _, stderr},
    time::Duration,
};

use puente_transfer::{Difference, Progress, Stage, TableReport};
use serde_json::{Value, json};
use tokio::time::{Instant, interval};

use crate::output;

/// How often a terminal's line is drawn.
const FRAME: Duration = Duration::from_millis(200);
/// How many characters the bar has.
const BAR: usize = 20;
/// How often a line is written elsewhere, while a stage lasts.
const LINE: Duration = Duration::from_secs(10);

/// Does the work, and tells how far it is: one moving line on a terminal, plain lines elsewhere.
pub(crate) async fn while_working<T, W: Future<Output = T>>(work: impl FnOnce(Progress) -> W) -> T {
    let progress = Progress::default();
    let work = work(progress.clone());
    tokio::pin!(work);
    let terminal = stderr().is_terminal();
    let mut shown = Shown { terminal, stage: "", since: Instant::now(), told: Instant::now() };
    let mut frames = interval(FRAME);
    loop {
        tokio::select! {
            done = &mut work => {
                shown.clear();
                return done;
            }
            _ = frames.tick() => shown.frame(&progress),
        }
    }
}

struct Shown {
    terminal: bool,
    stage: &'static str,
    since: Instant,
    told: Instant,
}

impl Shown {
    fn frame(&mut self, progress: &Progress) {
        let now = progress.now();
        if now.name.is_empty() {
            return;
        }
        let begins = now.name != self.stage;
        if begins {
            (self.stage, self.since) = (now.name, Instant::now());
        }
        let text = line(&now, progress.counts(), self.since.elapsed(), self.terminal);
        if self.terminal {
            // A line that is too long is cut, not wrapped. Nobody can be told that the terminal is gone.
            let _ = write!(stderr(), "\r\x1b[K\x1b[?7l{text}\x1b[?7h");
            let _ = stderr().flush();
        } else if begins || self.told.elapsed() >= LINE {
            self.told = Instant::now();
            output::hint(text);
        }
    }

    fn clear(&self) {
        if self.terminal {
            let _ = write!(stderr(), "\r\x1b[K");
            let _ = stderr().flush();
        }
    }
}

/// `copying audit_events [######--------------] 30 %, 300 of 1000 rows, 100 rows/s, 2 MB/s, 7 s left`; the bar is for
/// terminals.
fn line(now: &Stage, (rows, total, bytes): (u64, u64, u64), elapsed: Duration, bar: bool) -> String {
    let mut text = now.name.to_owned();
    if rows == 0 {
        return text;
    }
    let milliseconds = elapsed.as_millis().max(1);
    let rate = u128::from(rows) * 1000 / milliseconds;
    let _ = write!(text, " {}", now.table);
    if let Some(share) = (rows * 100).checked_div(total) {
        let share = share.min(100);
        if bar {
            let done = usize::try_from(share / 5).unwrap_or(BAR);
            let _ = write!(text, " [{}{}]", "#".repeat(done), "-".repeat(BAR - done));
        }
        let _ = write!(text, " {share} %, {rows} of {total} rows");
    } else {
        let _ = write!(text, ": {rows} rows");
    }
    let _ = write!(text, ", {rate} rows/s, {} MB/s", u128::from(bytes) / 1000 / milliseconds);
    if total > rows && rate > 0 {
        let _ = write!(text, ", {} s left", u128::from(total - rows) / rate);
    }
    text
}

/// Tables with their rows and hashes.
pub(crate) fn tables(tables: &[TableReport]) {
    let row = |table: &TableReport| [table.name.clone(), table.rows.to_string(), table.hash.clone()];
    output::table(["TABLE", "ROWS", "CONTENT (SHA-256)"], tables.iter().map(row));
}

/// A table's differences, for scripts.
pub(crate) fn difference(table: &Difference) -> Value {
    json!({
        "table": table.table,
        "missing": table.missing,
        "added": table.added,
        "changed": table.changed,
        "examples": table.named,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_how_far_how_fast_and_how_long() {
        let copying = Stage { name: "copying", table: "audit_events".to_owned() };
        let line = |counts, bar| line(&copying, counts, Duration::from_secs(3), bar);
        assert_eq!(
            line((300, 1000, 6_000_000), true),
            "copying audit_events [######--------------] 30 %, 300 of 1000 rows, 100 rows/s, 2 MB/s, 7 s left"
        );
        assert_eq!(line((1000, 1000, 0), false), "copying audit_events 100 %, 1000 of 1000 rows, 333 rows/s, 0 MB/s");
        assert_eq!(line((30, 0, 0), true), "copying audit_events: 30 rows, 10 rows/s, 0 MB/s");
        assert_eq!(line((0, 1000, 0), true), "copying");
    }
}

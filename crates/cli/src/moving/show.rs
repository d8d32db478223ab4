//! Progress and tables, for people.

use std::{
    fmt::Write as _,
    future::Future,
    io::{IsTerminal, Write as _, stderr},
    time::Duration,
};

use puente_transfer::{Difference, Progress, TableReport};
use serde_json::{Value, json};
use tokio::time::{Instant, interval};

use crate::output;

/// How often a terminal's line is drawn.
const FRAME: Duration = Duration::from_millis(200);
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
        let text = line(&now, progress.counts(), self.since.elapsed());
        if self.terminal {
            // Nobody can be told that the terminal is gone.
            let _ = write!(stderr(), "\r\x1b[K{text}");
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

fn line(now: &puente_transfer::Stage, (rows, total, bytes): (u64, u64, u64), elapsed: Duration) -> String {
    let mut text = now.name.to_owned();
    if rows == 0 {
        return text;
    }
    let seconds = elapsed.as_millis().max(1);
    let rate = u128::from(rows) * 1000 / seconds;
    let _ = write!(text, " {}: {rows}", now.table);
    if total > 0 {
        let _ = write!(text, " of {total} rows ({} %)", rows * 100 / total.max(1));
    } else {
        text.push_str(" rows");
    }
    let _ = write!(text, ", {rate} rows/s, {} MB/s", u128::from(bytes) / 1000 / seconds);
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

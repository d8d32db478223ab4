//! What a person sees meanwhile.

use std::{
    fs,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use puente_tests::{PgDatabase, tools};

use super::{Paused, file, laptop, server_on, transfer};

/// A bar on a terminal, with how far, how fast, and how long yet; plain lines elsewhere.
#[tokio::test]
async fn is_a_bar_on_a_terminal_and_lines_elsewhere() {
    let (laptop, _) = laptop();
    let database = PgDatabase::empty().await;
    let site = server_on(&database);
    let lines = transfer(&site, &laptop, &["--dry-run"]).success().stderr;
    assert!(!lines.contains('\r') && !lines.contains('\x1b'), "{lines:?}");
    assert!(lines.contains("hint: "), "{lines}");

    // The terminal of `script`, while the command waits.
    let screen = site.path().join("screen");
    let mut script = Command::new("script");
    let run = format!("{} transfer --from {}", tools::puente().display(), file(&laptop));
    script.args(["--quiet", "--return", "--flush", "--command", &run]).arg(&screen);
    script.current_dir(site.path()).env_clear().envs(site.environment());
    let paused = Paused::at(&site, "transfer.copied", script);
    wait_for(&screen, &["copying", "[####################] 100 %", "rows/s", "\x1b[K"]);
    paused.go_on().expect_success();
}

fn wait_for(screen: &Path, words: &[&str]) {
    let deadline = Instant::now() + Duration::from_mins(1);
    loop {
        let shown = String::from_utf8_lossy(&fs::read(screen).unwrap()).into_owned();
        if words.iter().all(|word| shown.contains(word)) {
            return;
        }
        assert!(Instant::now() < deadline, "{shown:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

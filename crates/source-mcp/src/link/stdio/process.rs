//! A process as the other side, looked after by [`child`](crate::child).

use std::{path::PathBuf, process::Stdio, sync::Arc};

use tokio::{
    io::{AsyncBufRead, AsyncWriteExt, BufReader},
    process::{Child, ChildStderr, ChildStdin, ChildStdout, Command},
    sync::mpsc,
};

use super::{
    LineLink, Shared,
    lines::{self, Line},
};
use crate::{child::Limits, error::LinkError, link::Events};

/// How much is read at once.
const BUFFER: usize = 64 * 1024;
/// How much of a line of the log is kept.
const LOG_LINE: usize = 4096;

/// What to start, and how. Its environment may hold secrets: no `Debug`.
#[derive(Clone)]
pub(crate) struct CommandLine {
    /// The program `puente`, whose `child` looks after the command.
    pub(crate) keeper: PathBuf,
    /// The program and its arguments.
    pub(crate) command: Vec<String>,
    /// Its environment beyond [`INHERITED`].
    pub(crate) env: Vec<(String, String)>,
    /// Where it starts.
    pub(crate) cwd: Option<PathBuf>,
    /// What it may use.
    pub(crate) limits: Limits,
}

/// What a child gets of our own environment: nothing that could be a secret of ours.
const INHERITED: [&str; 14] = [
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "SHELL",
    "TERM",
    "LANG",
    "LC_ALL",
    "TZ",
    "TMPDIR",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "NODE_EXTRA_CA_CERTS",
    "XDG_CACHE_HOME",
];

/// Starts it. `source` names it in the log.
pub(crate) fn start(
    command: &CommandLine,
    source: &str,
    events: Events,
    asks: bool,
) -> Result<Arc<LineLink>, LinkError> {
    let mut child = spawn(command).map_err(LinkError::Start)?;
    let (Some(input), Some(output), Some(errors)) = (child.stdin.take(), child.stdout.take(), child.stderr.take())
    else {
        return Err(LinkError::Start(std::io::Error::other("the child has no pipes")));
    };
    let (link, outgoing) = LineLink::new(events, asks);
    tokio::spawn(write(input, outgoing));
    tokio::spawn(log(errors, source.to_owned()));
    tokio::spawn(keep(child, output, link.shared.clone(), source.to_owned()));
    Ok(link)
}

fn spawn(line: &CommandLine) -> std::io::Result<Child> {
    let mut command = Command::new(&line.keeper);
    command.arg("child").args(line.limits.arguments()).arg("--").args(&line.command);
    command.env_clear();
    command.envs(INHERITED.iter().filter_map(|name| Some((name, std::env::var_os(name)?))));
    command.envs(line.env.iter().map(|(name, value)| (name, value)));
    if let Some(cwd) = &line.cwd {
        command.current_dir(cwd);
    }
    // A group of its own: Ctrl+C is for us, and we end it in our own time.
    command.process_group(0).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn()
}

/// Ends when the last handle on the link is gone; the closed pipe then ends the child.
async fn write(mut input: ChildStdin, mut outgoing: mpsc::Receiver<Vec<u8>>) {
    while let Some(mut message) = outgoing.recv().await {
        message.push(b'\n');
        if input.write_all(&message).await.is_err() {
            return;
        }
    }
}

async fn keep(mut child: Child, output: ChildStdout, shared: Arc<Shared>, source: String) {
    listen(BufReader::with_capacity(BUFFER, output), &shared).await;
    shared.close();
    match child.wait().await {
        Ok(status) => tracing::info!(source, %status, "an upstream's process ended"),
        Err(error) => tracing::warn!(source, %error, "an upstream's process cannot be waited for"),
    }
}

pub(super) async fn listen(mut reader: impl AsyncBufRead + Unpin, shared: &Shared) {
    loop {
        match lines::next(&mut reader, || shared.limit()).await {
            Line::Whole(line) if line.trim_ascii().is_empty() => {}
            Line::Whole(line) => shared.take(&line),
            Line::TooLarge(ends) if shared.too_large(&ends, shared.limit()) => {}
            Line::TooLarge(_) | Line::End => return,
        }
    }
}

async fn log(errors: ChildStderr, source: String) {
    let mut reader = BufReader::new(errors);
    loop {
        match lines::next(&mut reader, || LOG_LINE).await {
            Line::Whole(line) | Line::TooLarge(line) => {
                let text = String::from_utf8_lossy(&line);
                tracing::info!(source, text = text.trim_end(), "an upstream says");
            }
            Line::End => return,
        }
    }
}

//! `puente child`: looks after the command of a stdio upstream, in a process of its own.
//!
//! The keeper's standard input is a pipe of Puente's. What comes is passed on to the command; when the pipe closes, be it
//! because the source is closed or because Puente was killed, the command and everything that it started is ended. The
//! command runs in a process group of its own, below limits that it sets on itself before it becomes the command.

use std::{
    io,
    os::unix::process::{CommandExt, ExitStatusExt},
    process::{Command, ExitStatus, Stdio},
    sync::mpsc::{self, RecvTimeoutError},
    time::Duration,
};

use rustix::process::{
    Pid, Resource, Rlimit, Signal, kill_process_group, set_parent_process_death_signal, setrlimit,
    test_kill_process_group,
};

/// How long a command may take to end by itself once its input is closed.
const EOF_GRACE: Duration = Duration::from_secs(2);
/// How long it may take to end after SIGTERM.
const TERM_GRACE: Duration = Duration::from_secs(2);
/// How often is looked whether a group is gone.
const LOOK: Duration = Duration::from_millis(20);

/// What a command may use; `None` leaves a limit as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Memory that it may write to, in bytes (`RLIMIT_DATA`).
    pub memory: Option<u64>,
    /// Processes and threads of its user (`RLIMIT_NPROC`).
    pub processes: Option<u64>,
    /// Open files (`RLIMIT_NOFILE`).
    pub files: Option<u64>,
}

impl Limits {
    /// As arguments of `puente child`.
    #[must_use]
    pub fn arguments(self) -> Vec<String> {
        let named = [("--memory", self.memory), ("--processes", self.processes), ("--files", self.files)];
        let given = named.into_iter().filter_map(|(name, value)| Some((name, value?)));
        given.flat_map(|(name, value)| [name.to_owned(), value.to_string()]).collect()
    }

    fn set(self) -> io::Result<()> {
        let limits = [
            (Resource::Core, Some(0)),
            (Resource::Data, self.memory),
            (Resource::Nproc, self.processes),
            (Resource::Nofile, self.files),
        ];
        for (resource, limit) in limits {
            if let Some(limit) = limit {
                setrlimit(resource, Rlimit { current: Some(limit), maximum: Some(limit) })?;
            }
        }
        Ok(())
    }
}

/// Becomes `command`, below `limits`, and ends with its parent. Returns only if that fails.
#[must_use]
pub fn become_command(command: &[String], limits: Limits) -> io::Error {
    let Some((program, arguments)) = command.split_first() else {
        return io::Error::new(io::ErrorKind::InvalidInput, "there is no command");
    };
    if let Err(error) = set_parent_process_death_signal(Some(Signal::KILL)) {
        return error.into();
    }
    if let Err(error) = limits.set() {
        return error;
    }
    Command::new(program).args(arguments).exec()
}

/// Runs `stage`, a command line that ends in [`become_command`], until it or our standard input ends; then ends its whole
/// process group. Returns the exit code to end with.
///
/// # Errors
/// It cannot be started.
pub fn keep(stage: &mut Command) -> io::Result<u8> {
    let mut child = stage.stdin(Stdio::piped()).process_group(0).spawn()?;
    let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    let input = child.stdin.take();
    let (ended, endings) = mpsc::channel();
    let input_ended = ended.clone();
    std::thread::spawn(move || {
        if let Some(mut input) = input {
            // Either side may end it; both mean the same to us.
            let _ = io::copy(&mut io::stdin().lock(), &mut input);
        }
        let _ = input_ended.send(None);
    });
    std::thread::spawn(move || {
        let _ = ended.send(child.wait().ok());
    });
    let status = match endings.recv() {
        Ok(None) => settle(&endings, group),
        Ok(status) => status,
        Err(_) => None,
    };
    end(group);
    Ok(code(status))
}

/// Its input ended: waits for it to end by itself, then asks it to.
fn settle(endings: &mpsc::Receiver<Option<ExitStatus>>, group: Option<Pid>) -> Option<ExitStatus> {
    match endings.recv_timeout(EOF_GRACE) {
        Err(RecvTimeoutError::Timeout) => {}
        ended => return ended.ok().flatten(),
    }
    signal(group, Signal::TERM);
    endings.recv_timeout(TERM_GRACE).ok().flatten()
}

/// Nothing of the group goes on.
fn end(group: Option<Pid>) {
    let Some(group) = group else { return };
    if test_kill_process_group(group).is_err() {
        return;
    }
    signal(Some(group), Signal::TERM);
    let looks = TERM_GRACE.as_millis() / LOOK.as_millis();
    for _ in 0..looks {
        if test_kill_process_group(group).is_err() {
            return;
        }
        std::thread::sleep(LOOK);
    }
    signal(Some(group), Signal::KILL);
}

fn signal(group: Option<Pid>, signal: Signal) {
    if let Some(group) = group {
        // The group may be gone already.
        let _ = kill_process_group(group, signal);
    }
}

fn code(status: Option<ExitStatus>) -> u8 {
    let code = status.and_then(|status| status.code().or_else(|| status.signal().map(|signal| 128 + signal)));
    code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1)
}

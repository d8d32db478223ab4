//! The signals that end a server. Windows has only Ctrl-C.

use std::io;

#[cfg(unix)]
use tokio::signal::unix::{Signal as Stream, SignalKind, signal};
#[cfg(windows)]
use tokio::signal::windows::{CtrlC, CtrlShutdown, ctrl_c, ctrl_shutdown};

/// Who wants the server to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signal {
    /// SIGTERM, or the machine shuts down: a supervisor.
    Terminate,
    /// SIGINT: a person at a terminal.
    Interrupt,
}

/// Both signals, from now on no longer deadly.
pub(crate) struct Signals {
    #[cfg(unix)]
    terminate: Stream,
    #[cfg(unix)]
    interrupt: Stream,
    #[cfg(windows)]
    terminate: CtrlShutdown,
    #[cfg(windows)]
    interrupt: CtrlC,
}

impl Signals {
    #[cfg(unix)]
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    #[cfg(windows)]
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self { terminate: ctrl_shutdown()?, interrupt: ctrl_c()? })
    }

    pub(crate) async fn next(&mut self) -> Signal {
        tokio::select! {
            _ = self.terminate.recv() => Signal::Terminate,
            _ = self.interrupt.recv() => Signal::Interrupt,
        }
    }
}

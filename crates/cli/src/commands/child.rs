//! `puente child`: looks after the command of an upstream MCP server. Started by sources, not by people.

use std::process::Command;

use anyhow::Context;
use clap::Args;
use puente_source_mcp::child::{self, Limits};

#[derive(Args, Debug)]
pub(crate) struct Child {
    /// Memory that the command may write to, in bytes
    #[arg(long)]
    memory: Option<u64>,
    /// Processes and threads
    #[arg(long)]
    processes: Option<u64>,
    /// Open files
    #[arg(long)]
    files: Option<u64>,
    /// Set the limits and become the command, without looking after it
    #[arg(long)]
    become_it: bool,
    /// The program and its arguments
    #[arg(last = true, required = true)]
    command: Vec<String>,
}

impl Child {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let limits = Limits { memory: self.memory, processes: self.processes, files: self.files };
        let name = self.command.first().cloned().unwrap_or_default();
        if self.become_it {
            let error = child::become_command(&self.command, limits);
            return Err(error).with_context(|| format!("`{name}` cannot be started"));
        }
        let own = std::env::current_exe().context("this program cannot find itself")?;
        let mut stage = Command::new(own);
        stage.arg("child").arg("--become-it").args(limits.arguments()).arg("--").args(&self.command);
        let code = child::keep(&mut stage).with_context(|| format!("`{name}` cannot be started"))?;
        std::process::exit(code.into());
    }
}

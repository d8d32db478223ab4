//! `puente completions`: for the shell.

use clap::{Args, CommandFactory};
use clap_complete::{Shell, generate};

use crate::arguments::Arguments;

#[derive(Args, Debug)]
#[command(after_help = "Examples:
  puente completions bash > /etc/bash_completion.d/puente
  puente completions zsh > ~/.zfunc/_puente
  puente completions fish > ~/.config/fish/completions/puente.fish")]
pub(crate) struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    pub(crate) fn run(self) {
        generate(self.shell, &mut Arguments::command(), "puente", &mut std::io::stdout());
    }
}

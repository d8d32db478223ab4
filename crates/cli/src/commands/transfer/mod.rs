//! `puente transfer`: from SQLite to PostgreSQL, and back.

mod auto;
mod move_all;
mod rollback;
mod verify;

use clap::{Args, Subcommand};

use crate::global::Global;

const EXAMPLES: &str = "Examples:
  puente transfer --to postgresql://puente@db/puente --dry-run
  puente transfer --from sqlite:data/puente.db --to postgresql://puente@db/puente
  puente transfer verify --from sqlite:data/puente.db --to postgresql://puente@db/puente
  puente transfer rollback                        # back to the file, with what was written since
  puente transfer --schema auto --from crm.db --into-schema crm --register crm

Stop the server on the source first. The source stays as it is; the target is as it was until everything is there
and has been compared. An end that is not given is the database of the settings.";

#[derive(Args, Debug)]
#[command(after_help = EXAMPLES, args_conflicts_with_subcommands = true)]
pub(crate) struct Transfer {
    #[command(subcommand)]
    action: Option<Action>,
    #[command(flatten)]
    all: move_all::MoveAll,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Compare two databases, row by row, and their files
    Verify(verify::Verify),
    /// Return to the SQLite file that the database was filled from
    Rollback(rollback::Rollback),
}

impl Transfer {
    pub(crate) async fn run(self, global: &Global) -> anyhow::Result<()> {
        match self.action {
            Some(Action::Verify(verify)) => verify.run(global).await,
            Some(Action::Rollback(rollback)) => rollback.run(global).await,
            None => self.all.run(global).await,
        }
    }
}

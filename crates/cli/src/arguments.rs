//! The command line, from the outside.

use clap::{
    Parser, Subcommand,
    builder::styling::{AnsiColor, Styles},
};

use crate::{commands, exit, global::Global};

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

/// The one governed door through which AI agents reach your business systems.
#[derive(Debug, Parser)]
#[command(name = "puente", version, styles = STYLES, propagate_version = false, after_help = exit::HELP)]
#[command(arg_required_else_help = true, subcommand_required = true)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the server
    Serve(commands::serve::Serve),
    /// Speak MCP on standard input and output, for clients that start a process
    Stdio(commands::stdio::Stdio),
    /// Set an MCP client up
    Connect(commands::connect::Connect),
    /// Apply a catalog file: sources, tools, virtual servers
    Apply(commands::apply::Apply),
    /// Print the catalog as a file that `apply` reads
    Export(commands::export::Export),
    /// Test sources, or draft a catalog from a schema
    #[command(subcommand)]
    Source(commands::source::Source),
    /// Secrets of sources, behind `${secret:NAME}`
    #[command(subcommand)]
    Secret(commands::secret::Secret),
    /// People who sign in
    #[command(subcommand)]
    User(commands::user::User),
    /// API keys, for agents
    #[command(subcommand)]
    Key(commands::key::Key),
    /// Programs that people let act for them (OAuth)
    #[command(subcommand)]
    Client(commands::client::Client),
    /// Named sets of users and keys
    #[command(subcommand)]
    Team(commands::team::Team),
    /// Rights to use virtual servers
    #[command(subcommand)]
    Grant(commands::grant::Grant),
    /// What a user or key may do, and why
    Access(commands::access::Access),
    /// Who did what, when, with which outcome
    #[command(subcommand)]
    Audit(commands::audit::Audit),
    /// What waits, runs, was done and went wrong in the background
    #[command(subcommand)]
    Jobs(commands::jobs::Jobs),
    /// Move everything from SQLite to PostgreSQL, or back
    Transfer(Box<commands::transfer::Transfer>),
    /// Take a backup of everything but the keys, while the server runs
    Backup(commands::backup::Backup),
    /// Restore a backup, into either database
    Restore(Box<commands::restore::Restore>),
    /// Check the installation, and say what to do
    Doctor(commands::doctor::Doctor),
    /// Ask a running server whether it is ready
    Healthcheck(commands::healthcheck::Healthcheck),
    /// Print the REST API's description (OpenAPI 3.1)
    Openapi(commands::openapi::Openapi),
    /// Print a completion script for a shell
    Completions(commands::completions::Completions),
    /// Look after the command of an upstream MCP server
    #[command(hide = true)]
    Child(commands::child::Child),
    /// Write the sample ERP database of `examples/expenses`
    #[command(hide = true)]
    DemoData(commands::demo_data::DemoData),
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        super::Arguments::command().debug_assert();
    }

    #[test]
    fn every_command_explains_itself() {
        for command in super::Arguments::command().get_subcommands().filter(|command| !command.is_hide_set()) {
            assert!(command.get_about().is_some(), "{}", command.get_name());
            let examples = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(examples.contains("puente "), "{} has no examples", command.get_name());
        }
    }
}

//! `puente team`: named sets of users and keys.

use clap::Subcommand;
use puente_domain::{Name, team::Team as Record};
use puente_gateway::{Actor, admin::teams::TeamMember};

use super::pages::every;
use crate::{global::Global, output};

const EXAMPLES: &str = "Examples:
  puente team create finance --description 'Finance department'
  puente team add finance user:ana@example.com
  puente team add finance key:finance-bot
  puente team members finance
  puente grant add finance team:finance";

#[derive(Debug, Subcommand)]
#[command(after_help = EXAMPLES)]
pub(crate) enum Team {
    /// Make a team
    Create {
        /// Its name
        name: Name,
        /// For people
        #[arg(long, default_value = "")]
        description: String,
    },
    /// All teams
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Who belongs to a team
    Members {
        /// Its name
        team: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Add a member
    Add {
        /// The team's name
        team: String,
        /// user:E-MAIL or key:NAME
        member: String,
    },
    /// Take a member out
    Drop {
        /// The team's name
        team: String,
        /// user:E-MAIL or key:NAME
        member: String,
    },
    /// Delete a team with its grants
    Remove {
        /// Its name
        team: String,
    },
}

impl Team {
    pub(crate) async fn run(self, global: &Global) -> anyhow::Result<()> {
        let (app, _log) = global.open().await?;
        let (gateway, actor) = (&app.gateway, Actor::operator());
        match self {
            Self::Create { name, description } => {
                let team = gateway.create_team(&actor, name, description).await?;
                output::done("Created", format_args!("team {}", team.name));
            }
            Self::List { json } => show(&every(async |page| gateway.teams(&actor, page).await).await?, json)?,
            Self::Members { team, json } => show_members(gateway.members(&actor, &team).await?, json)?,
            Self::Add { team, member } => {
                let added = gateway.add_member(&actor, &team, &member).await?;
                let already = if added { "" } else { " (it was a member already)" };
                output::done("Added", format_args!("{member} to team {team}{already}"));
            }
            Self::Drop { team, member } => {
                let removed = gateway.remove_member(&actor, &team, &member).await?;
                let none = if removed { "" } else { " (it was no member)" };
                output::done("Took", format_args!("{member} out of team {team}{none}"));
            }
            Self::Remove { team } => {
                gateway.delete_team(&actor, &team).await?;
                output::done("Removed", format_args!("team {team}"));
            }
        }
        app.close().await;
        Ok(())
    }
}

fn show(teams: &[Record], json: bool) -> anyhow::Result<()> {
    if json {
        return output::json(&teams);
    }
    output::table(["NAME", "DESCRIPTION"], teams.iter().map(|team| [team.name.to_string(), team.description.clone()]));
    Ok(())
}

fn show_members(members: Vec<TeamMember>, json: bool) -> anyhow::Result<()> {
    let names: Vec<String> = members.into_iter().map(|member| member.member).collect();
    if json {
        return output::json(&names);
    }
    names.iter().for_each(output::line);
    Ok(())
}

//! `puente grant`: rights to use virtual servers.

use clap::Subcommand;
use puente_gateway::{Actor, admin::grants::NamedGrant};
use serde_json::json;

use super::pages::every;
use crate::{global::Global, output};

const EXAMPLES: &str = "Examples:
  puente grant add default role:member
  puente grant add finance key:agent
  puente team create finance && puente grant add finance team:finance
  puente grant remove finance user:ana@example.com
  puente grant list --server finance";

const GRANTEE: &str = "user:E-MAIL, key:NAME, team:NAME or role:ROLE";

#[derive(Debug, Subcommand)]
#[command(after_help = EXAMPLES)]
pub(crate) enum Grant {
    /// Give the right to use a virtual server
    Add {
        /// The virtual server's name; `default` is the one at /mcp
        server: String,
        #[arg(help = GRANTEE)]
        grantee: String,
    },
    /// Take it away; it ends within a second
    Remove {
        /// The virtual server's name
        server: String,
        #[arg(help = GRANTEE)]
        grantee: String,
    },
    /// All grants
    List {
        /// Only those on this virtual server
        #[arg(long)]
        server: Option<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

impl Grant {
    pub(crate) async fn run(self, global: &Global) -> anyhow::Result<()> {
        let (app, _log) = global.open().await?;
        let (gateway, actor) = (&app.gateway, Actor::operator());
        match self {
            Self::Add { server, grantee } => {
                let grant = gateway.add_grant(&actor, &server, &grantee).await?;
                output::done("Granted", format_args!("{} to {}", grant.server, grant.grantee));
            }
            Self::Remove { server, grantee } => {
                gateway.revoke_grant(&actor, &server, &grantee).await?;
                output::done("Revoked", format_args!("{server} from {grantee}"));
            }
            Self::List { server, json } => {
                show(&every(async |page| gateway.grants(&actor, server.as_deref(), page).await).await?, json)?;
            }
        }
        app.close().await;
        Ok(())
    }
}

fn show(grants: &[NamedGrant], json: bool) -> anyhow::Result<()> {
    if json {
        let object = |grant: &NamedGrant| json!({"id": grant.grant.id, "server": grant.server, "grantee": grant.grantee, "created_at": grant.created_at});
        return output::json(&grants.iter().map(object).collect::<Vec<_>>());
    }
    let row = |grant: &NamedGrant| [grant.server.clone(), grant.grantee.clone(), grant.created_at.to_string()];
    output::table(["SERVER", "GRANTEE", "SINCE"], grants.iter().map(row));
    Ok(())
}

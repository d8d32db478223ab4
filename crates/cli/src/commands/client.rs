//! `puente client`: programs that people let act for them, by OAuth.

use clap::Subcommand;
use puente_domain::oauth::OAuthClient;
use puente_gateway::Actor;

use super::pages::every;
use crate::{global::Global, output};

const EXAMPLES: &str = "Examples:
  puente client list
  puente client disable oc_0199f2c4d1c37a0e8a5f
  puente client remove https://client.example/metadata.json";

#[derive(Debug, Subcommand)]
#[command(after_help = EXAMPLES)]
pub(crate) enum Client {
    /// All clients
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Refuse a client, with all its tokens
    Disable {
        /// Its `client_id`
        id: String,
    },
    /// Take a client back
    Enable {
        /// Its `client_id`
        id: String,
    },
    /// Delete a client with everything that people let it do
    Remove {
        /// Its `client_id`
        id: String,
    },
}

impl Client {
    pub(crate) async fn run(self, global: &Global) -> anyhow::Result<()> {
        let (app, _log) = global.open().await?;
        let (gateway, actor) = (&app.gateway, Actor::operator());
        match self {
            Self::List { json } => {
                let clients = every(async |page| gateway.list_clients(&actor, page).await).await?;
                print(&clients, json)?;
            }
            Self::Disable { id } => {
                gateway.disable_client(&actor, &id).await?;
                output::done("Disabled", format_args!("client {id}"));
            }
            Self::Enable { id } => {
                gateway.enable_client(&actor, &id).await?;
                output::done("Enabled", format_args!("client {id}"));
            }
            Self::Remove { id } => {
                gateway.delete_client(&actor, &id).await?;
                output::done("Removed", format_args!("client {id}"));
            }
        }
        app.close().await;
        Ok(())
    }
}

fn print(clients: &[OAuthClient], json: bool) -> anyhow::Result<()> {
    if json {
        return output::json(&clients);
    }
    let row = |client: &OAuthClient| {
        let state = if client.disabled_at.is_some() { "disabled" } else { "active" };
        let used = client.last_used_at.map_or_else(|| "never".to_owned(), |at| at.to_string());
        [client.id.clone(), client.name.clone(), state.to_owned(), used]
    };
    output::table(["ID", "NAME", "STATE", "LAST USED"], clients.iter().map(row));
    Ok(())
}

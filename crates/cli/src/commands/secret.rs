//! `puente secret`: what catalogs name as `${secret:NAME}`.

use clap::Subcommand;
use puente_gateway::{Actor, admin::secrets::SecretInfo};
use serde_json::json;

use super::rotate::Rotate;
use crate::{global::Global, input, output};

const EXAMPLES: &str = "Examples:
  puente secret set erp_password                  # asks for it
  puente secret set erp.password < password.txt
  puente secret list
  puente secret rotate                            # seal all secrets under the first key
  puente secret rotate --new-key                  # the same, under a new key
  puente secret rotate --new-key --tokens         # sign access tokens with a new key

A catalog names it as `${secret:erp_password}`; sources that are edited over the REST API may use those named like them
only: `erp`, `erp.password`. The value is never shown again.";

#[derive(Debug, Subcommand)]
#[command(after_help = EXAMPLES)]
pub(crate) enum Secret {
    /// Add or replace a secret; the value is typed or piped
    Set {
        /// As in `${secret:NAME}`
        name: String,
    },
    /// All names; never a value
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Delete a secret
    Remove {
        /// As in `${secret:NAME}`
        name: String,
    },
    /// Seal everything under a new key; nobody is logged out and nothing is lost
    Rotate(Rotate),
}

impl Secret {
    pub(crate) async fn run(self, global: &Global) -> anyhow::Result<()> {
        if let Self::Rotate(rotate) = self {
            return rotate.run(global).await;
        }
        let (app, _log) = global.open().await?;
        let (gateway, actor) = (&app.gateway, Actor::operator());
        match self {
            Self::Set { name } => {
                gateway.set_secret(&actor, &name, &input::secret("Secret")?).await?;
                output::done("Set", format_args!("secret {name}"));
            }
            Self::List { json } => show(&gateway.secrets(&actor).await?, json)?,
            Self::Remove { name } => {
                gateway.remove_secret(&actor, &name).await?;
                output::done("Removed", format_args!("secret {name}"));
            }
            Self::Rotate(_) => unreachable!("it was handled above"),
        }
        app.close().await;
        Ok(())
    }
}

fn show(secrets: &[SecretInfo], json: bool) -> anyhow::Result<()> {
    if json {
        let object = |secret: &SecretInfo| json!({"name": secret.name, "key_id": secret.key_id, "readable": secret.readable, "updated_at": secret.updated_at});
        return output::json(&secrets.iter().map(object).collect::<Vec<_>>());
    }
    let row = |secret: &SecretInfo| {
        let readable = if secret.readable { "yes" } else { "no: its key is gone" };
        [secret.name.clone(), secret.updated_at.to_string(), readable.to_owned()]
    };
    output::table(["NAME", "CHANGED", "READABLE"], secrets.iter().map(row));
    Ok(())
}

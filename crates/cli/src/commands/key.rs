//! `puente key`: API keys, for agents.

use anyhow::Context;
use clap::{Args, Subcommand};
use puente_app::App;
use puente_domain::{
    Name, Role, Timestamp,
    key::{ApiKey, Scope},
};
use puente_gateway::{Actor, admin::keys::NewKey};
use secrecy::ExposeSecret;
use serde_json::json;

use super::{first_start, moment::Moment, pages::every};
use crate::{global::Global, output};

const EXAMPLES: &str = "Examples:
  puente key create agent
  puente key create nightly --owner ana@example.com --scope mcp:read --expires 90d
  puente key create finance-bot --scope server:finance --json
  puente key disable nightly
  puente key list

Scopes:
  mcp          the MCP endpoints
  mcp:read     the MCP endpoints, read-only tools only
  server:NAME  this virtual server only
  api:read     reading the REST API
  api          the whole REST API that the role allows
  Without a scope, a key may do whatever its role and grants allow.";

#[derive(Debug, Subcommand)]
#[command(after_help = EXAMPLES)]
pub(crate) enum Key {
    /// Make a key; it is printed once and never again
    Create(Create),
    /// All keys, without their text
    List {
        /// Only those of this user (e-mail address)
        #[arg(long)]
        owner: Option<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Refuse a key, within a second
    Disable {
        /// Its name
        name: String,
    },
    /// Let a disabled key in again
    Enable {
        /// Its name
        name: String,
    },
    /// Delete a key with its grants
    Remove {
        /// Its name
        name: String,
    },
}

#[derive(Args, Debug)]
pub(crate) struct Create {
    /// Its name
    name: Name,
    /// Who answers for it [default: the first administrator]
    #[arg(long, value_name = "E-MAIL")]
    owner: Option<String>,
    /// What it may do in the administration: member, editor or admin
    #[arg(long, default_value = "member")]
    role: Role,
    /// What it may be used for; a list, or repeated
    #[arg(long = "scope", value_name = "SCOPE", value_delimiter = ',')]
    scopes: Vec<Scope>,
    /// For how long: `12h`, `90d`; or until when: 2027-01-31T00:00:00Z
    #[arg(long, value_name = "TIME")]
    expires: Option<Moment>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Key {
    pub(crate) async fn run(self, global: &Global) -> anyhow::Result<()> {
        let (app, _log) = global.open().await?;
        let (gateway, actor) = (&app.gateway, Actor::operator());
        match self {
            Self::Create(create) => create.run(&app, &actor).await?,
            Self::List { owner, json } => {
                show(&every(async |page| gateway.keys(&actor, owner.as_deref(), page).await).await?, json)?;
            }
            Self::Disable { name } => {
                gateway.disable_key(&actor, &name).await?;
                output::done("Disabled", format_args!("key {name}"));
            }
            Self::Enable { name } => {
                gateway.enable_key(&actor, &name).await?;
                output::done("Enabled", format_args!("key {name}"));
            }
            Self::Remove { name } => {
                gateway.delete_key(&actor, &name).await?;
                output::done("Removed", format_args!("key {name}"));
            }
        }
        app.close().await;
        Ok(())
    }
}

impl Create {
    async fn run(self, app: &App, actor: &Actor) -> anyhow::Result<()> {
        let owner = owner(app, self.owner).await?;
        let expires_at = self.expires.map(|moment| moment.after(app.clock.now()));
        let new =
            NewKey { name: self.name, owner: Some(owner.clone()), role: self.role, scopes: self.scopes, expires_at };
        let created = app.gateway.create_key(actor, new).await?;
        let text = created.secret.expose_secret();
        if self.json {
            let mut value = serde_json::to_value(&created.key)?;
            value["key"] = json!(text);
            return output::json(&value);
        }
        output::done("Created", format_args!("key {} for {owner}; it is shown only now", created.key.name));
        output::line(text);
        Ok(())
    }
}

/// Who answers for a new key: whoever is named, else the first administrator, who is made if nobody is there yet.
pub(super) async fn owner(app: &App, named: Option<String>) -> anyhow::Result<String> {
    if let Some(email) = named {
        return Ok(email);
    }
    let (actor, configured) = (Actor::operator(), &app.config.security.admin_email);
    first_start::make(app).await?;
    if app.gateway.user(&actor, configured).await.is_ok() {
        return Ok(configured.clone());
    }
    let users = every(async |page| app.gateway.users(&actor, None, page).await).await?;
    let admin = users.into_iter().find(|user| user.role == Role::Admin && user.disabled_at.is_none());
    Ok(admin.context("there is no administrator to own the key; name a user with `--owner`")?.email)
}

fn show(keys: &[ApiKey], json: bool) -> anyhow::Result<()> {
    if json {
        return output::json(&keys);
    }
    let time = |moment: Option<Timestamp>| moment.map_or_else(|| "never".to_owned(), |moment| moment.to_string());
    let row = |key: &ApiKey| {
        let state = if key.disabled_at.is_some() { "disabled" } else { "active" };
        let scopes = key.scopes.iter().map(Scope::to_string).collect::<Vec<_>>().join(" ");
        let begins = format!("{}…", key.prefix);
        [
            key.name.to_string(),
            begins,
            key.role.to_string(),
            state.to_owned(),
            scopes,
            time(key.expires_at),
            time(key.last_used_at),
        ]
    };
    output::table(["NAME", "KEY", "ROLE", "STATE", "SCOPES", "EXPIRES", "LAST USED"], keys.iter().map(row));
    Ok(())
}

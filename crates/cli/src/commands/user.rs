//! `puente user`: people who sign in.

use clap::Subcommand;
use puente_domain::{Role, user::User as Account};
use puente_gateway::{
    Actor,
    admin::users::{NewUser, UserChanges},
};

use super::pages::every;
use crate::{global::Global, input, output};

const EXAMPLES: &str = "Examples:
  puente user add ana@example.com --role editor
  puente user add ci@example.com < password.txt
  puente user set-password ana@example.com
  puente user disable ana@example.com
  puente user list --json";

#[derive(Debug, Subcommand)]
#[command(after_help = EXAMPLES)]
pub(crate) enum User {
    /// Make an account; the password is typed or piped
    Add {
        /// Its e-mail address
        email: String,
        /// What it may do in the administration: member, editor or admin
        #[arg(long, default_value = "member")]
        role: Role,
        /// For display
        #[arg(long, default_value = "")]
        name: String,
        /// Ask for no password: nobody can sign in until one is set
        #[arg(long)]
        no_password: bool,
    },
    /// All accounts
    List {
        /// Only those with this in their e-mail address or name
        #[arg(long)]
        search: Option<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// One account
    Show {
        /// Its e-mail address
        email: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Set a new password, typed or piped; ends every sign-in of the account
    SetPassword {
        /// Its e-mail address
        email: String,
    },
    /// End an account's access, with its keys, within a second
    Disable {
        /// Its e-mail address
        email: String,
    },
    /// Let an account in again that was disabled, or locked after wrong passwords
    Enable {
        /// Its e-mail address
        email: String,
    },
    /// Change what an account may do in the administration
    Role {
        /// Its e-mail address
        email: String,
        /// member, editor or admin
        role: Role,
    },
    /// Delete an account with its keys; its rows in the audit trail keep a pseudonym
    Remove {
        /// Its e-mail address
        email: String,
    },
}

impl User {
    pub(crate) async fn run(self, global: &Global) -> anyhow::Result<()> {
        let (app, _log) = global.open().await?;
        let (gateway, actor) = (&app.gateway, Actor::operator());
        match self {
            Self::Add { email, role, name, no_password } => {
                let password = if no_password { None } else { Some(input::new_password()?) };
                let new = NewUser { email, display_name: name, role, password };
                let user = gateway.create_user(&actor, new).await?;
                output::done("Created", format_args!("user {} with the role {role}", user.email));
            }
            Self::List { search, json } => {
                show(&every(async |page| gateway.users(&actor, search.as_deref(), page).await).await?, json)?;
            }
            Self::Show { email, json } => {
                let user = gateway.user(&actor, &email).await?;
                if json { output::json(&user)? } else { show(&[user], false)? }
            }
            Self::SetPassword { email } => {
                gateway.set_password(&actor, &email, input::new_password()?).await?;
                output::done("Changed", format_args!("the password of {email}"));
            }
            Self::Disable { email } => {
                let user = gateway.disable_user(&actor, &email).await?;
                output::done("Disabled", format_args!("user {}", user.email));
            }
            Self::Enable { email } => {
                let user = gateway.enable_user(&actor, &email).await?;
                output::done("Enabled", format_args!("user {}", user.email));
            }
            Self::Role { email, role } => {
                let changes = UserChanges { role: Some(role), ..UserChanges::default() };
                let user = gateway.update_user(&actor, &email, None, changes).await?;
                output::done("Changed", format_args!("user {}: the role is {} now", user.email, user.role));
            }
            Self::Remove { email } => {
                gateway.delete_user(&actor, &email).await?;
                output::done("Removed", format_args!("user {email}"));
            }
        }
        app.close().await;
        Ok(())
    }
}

fn show(users: &[Account], json: bool) -> anyhow::Result<()> {
    if json {
        return output::json(&users);
    }
    let row = |user: &Account| {
        let state = if user.disabled_at.is_some() { "disabled" } else { "active" };
        [user.email.clone(), user.role.to_string(), state.to_owned(), user.created_at.to_string()]
    };
    output::table(["E-MAIL", "ROLE", "STATE", "CREATED"], users.iter().map(row));
    Ok(())
}

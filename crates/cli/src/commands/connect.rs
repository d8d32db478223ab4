//! `puente connect`: sets an MCP client up, with a key of its own.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use puente_app::{App, RunningServer};
use puente_domain::{Name, Role, key::Scope, server::VirtualServer};
use puente_gateway::{Actor, Error, admin::keys::NewKey};
use secrecy::{ExposeSecret, SecretString};

use super::key;
use crate::{
    connect::{Client, Draft, Transport},
    global::Global,
    output,
};

const EXAMPLES: &str = "Examples:
  puente connect claude-desktop --write
  puente connect claude-code                     # prints what to run or to paste
  puente connect cursor --write --server finance
  puente connect vscode --url https://puente.example.com

Each run makes a new API key for that client on this machine and ends the one from the run before; a key that is only
printed and one that was written do not end each other.
With `--write`, everything else in the client's file stays, and the file from before is kept as FILE.bak.";

#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Connect {
    /// The client
    client: Client,
    /// Write into the client's own configuration file
    #[arg(long)]
    write: bool,
    /// The virtual server to connect to
    #[arg(long, value_name = "NAME", default_value = VirtualServer::DEFAULT)]
    server: Name,
    /// Where the client reaches Puente [default: `PUBLIC_URL`, or where the server runs]
    #[arg(long)]
    url: Option<String>,
    /// Another file than the client's own
    #[arg(long, value_name = "FILE", requires = "write")]
    file: Option<PathBuf>,
}

impl Connect {
    pub(crate) async fn run(self, global: &Global) -> anyhow::Result<()> {
        let (app, _log) = global.open().await?;
        let done = self.connect(&app, global).await;
        app.close().await;
        done
    }

    async fn connect(&self, app: &App, global: &Global) -> anyhow::Result<()> {
        let owner = key::owner(app, None).await?;
        app.gateway.server(&Actor::operator(), self.server.as_str()).await?;
        let draft = if self.write { Some(Draft::open(self.client, &self.path()?)?) } else { None };
        let key = self.replace_key(app, owner).await?;
        let transport = self.transport(app, global, &key).await?;
        let Some(draft) = draft else { return self.print(&transport, &key) };
        let path = draft.write(self.client, &self.entry(), &transport)?;
        output::done("Wrote", format_args!("`{}` for {}", path.display(), self.client.title()));
        self.explain(&key);
        output::hint(format_args!("restart {} to take it up", self.client.title()));
        Ok(())
    }

    fn path(&self) -> anyhow::Result<PathBuf> {
        let own = || self.client.file().context("there is no home folder; name the file with `--file`");
        self.file.clone().map_or_else(own, Ok)
    }

    /// The name in the client's file: one for each virtual server.
    fn entry(&self) -> String {
        if self.is_default() { "puente".to_owned() } else { format!("puente-{}", self.server) }
    }

    fn is_default(&self) -> bool {
        self.server.as_str() == VirtualServer::DEFAULT
    }

    /// A key that can do no more than this client needs.
    async fn replace_key(&self, app: &App, owner: String) -> anyhow::Result<SecretString> {
        let (actor, name) = (Actor::operator(), self.key_name()?);
        match app.gateway.delete_key(&actor, name.as_str()).await {
            Ok(()) | Err(Error::NotFound { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        let scope = if self.is_default() { Scope::Mcp } else { Scope::Server(self.server.clone()) };
        let new = NewKey {
            name: name.clone(),
            owner: Some(owner),
            role: Role::Member,
            scopes: vec![scope],
            expires_at: None,
        };
        let created = app.gateway.create_key(&actor, new).await?;
        app.gateway.add_grant(&actor, self.server.as_str(), &format!("key:{name}")).await?;
        Ok(created.secret)
    }

    /// `cursor-HOST`, or `cursor-finance-HOST`; one that is only printed does not end the one that was written.
    fn key_name(&self) -> anyhow::Result<Name> {
        let printed = if self.write { "" } else { "-printed" };
        let server = if self.is_default() { String::new() } else { format!("-{}", self.server) };
        let host = gethostname::gethostname();
        let text = format!("{}{server}{printed}-{}", self.client.slug(), host.to_string_lossy());
        let legal = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' };
        Ok(text.chars().map(legal).take(Name::MAX).collect::<String>().parse()?)
    }

    async fn transport(&self, app: &App, global: &Global, key: &SecretString) -> anyhow::Result<Transport> {
        let key = key.expose_secret().to_owned();
        if self.client.needs_stdio() {
            return self.stdio(app, global, key).await;
        }
        let base = self.url.clone().unwrap_or_else(|| base_url(app));
        let base = base.trim_end_matches('/');
        let path = if self.is_default() { "/mcp".to_owned() } else { format!("/servers/{}/mcp", self.server) };
        Ok(Transport::Http { url: format!("{base}{path}"), key })
    }

    async fn stdio(&self, app: &App, global: &Global, key: String) -> anyhow::Result<Transport> {
        let mut args = vec!["stdio".to_owned()];
        if let Some((path, _)) = global.config_file()? {
            args.extend(["--config".to_owned(), absolute(&path)?]);
        }
        if !self.is_default() {
            args.extend(["--server".to_owned(), self.server.to_string()]);
        }
        let data_dir = absolute(&app.config.server.data_dir)?;
        let command = absolute(&std::env::current_exe().context("cannot tell where this program is")?)?;
        let mut env = vec![("PUENTE_API_KEY".to_owned(), key), ("DATA_DIR".to_owned(), data_dir)];
        env.extend(self.variables(app).await?);
        Ok(Transport::Stdio { command, args, env })
    }

    /// What sources need of this shell's environment: a client that starts the process has another one.
    async fn variables(&self, app: &App) -> anyhow::Result<Vec<(String, String)>> {
        let mut set = Vec::new();
        for name in app.gateway.variables(&Actor::operator()).await? {
            match std::env::var(&name) {
                Ok(value) => set.push((name, value)),
                Err(_) => output::warning(format_args!(
                    "{name} is not set here: without a running server, {} would lack the source that names it",
                    self.client.title()
                )),
            }
        }
        Ok(set)
    }

    fn print(&self, transport: &Transport, key: &SecretString) -> anyhow::Result<()> {
        if let (Client::ClaudeCode, Transport::Http { url, key }) = (self.client, transport) {
            let name = self.entry();
            output::hint("run this, or add the JSON below to `.mcp.json`");
            output::hint(format_args!(
                "claude mcp add --transport http {name} {url} --header \"Authorization: Bearer {key}\""
            ));
        } else if let Some(path) = self.client.file() {
            output::hint(format_args!("add this to `{}`, or run it again with `--write`", path.display()));
        }
        self.explain(key);
        output::json(&self.client.document(&self.entry(), transport))
    }

    fn explain(&self, key: &SecretString) {
        if self.client.asks_for_key() {
            output::hint(format_args!("{} asks for this key once: {}", self.client.title(), key.expose_secret()));
        } else if self.client.is_per_project() {
            output::warning("the file holds an API key: keep it out of version control");
        }
    }
}

fn base_url(app: &App) -> String {
    let server = &app.config.server;
    match RunningServer::find(&server.data_dir) {
        Some(running) if !server.has_public_url() => running.url,
        _ => server.public_url(server.port),
    }
}

fn absolute(path: &Path) -> anyhow::Result<String> {
    let path = std::path::absolute(path)?;
    Ok(path.to_str().with_context(|| format!("{} is not UTF-8", path.display()))?.to_owned())
}

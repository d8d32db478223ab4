//! The first start: an administrator, a virtual server and, except in production, an agent's key, so that a client can
//! connect at once.

use puente_config::{Config, Environment};
use puente_domain::{
    Name, Role,
    server::{Discovery, VirtualServer},
};
use puente_gateway::{
    Actor, Error, Gateway,
    admin::{keys::NewKey, servers::NewServer},
};
use secrecy::SecretString;

use crate::App;

/// The name of the key that the first start makes.
const AGENT: &str = "agent";

/// What the first start made. It is shown once: only hashes are kept.
pub struct FirstStart {
    /// The administrator.
    pub admin_email: String,
    /// Its password, if it was generated; `None` if `ADMIN_PASSWORD` gave it.
    pub admin_password: Option<SecretString>,
    /// The API key of an agent that may use `/mcp`. Production gets none: nobody may be there to read it, and what a
    /// server prints is kept as its log.
    pub agent_key: Option<SecretString>,
}

impl App {
    /// Makes what a new installation needs; `None` if it is not new. [`serve`](crate::serve) does it by itself.
    ///
    /// # Errors
    /// The settings name no e-mail address, or the database cannot be written.
    pub async fn first_start(&self) -> Result<Option<FirstStart>, Error> {
        first_start(&self.gateway, &self.config).await
    }
}

/// Makes what a new installation needs; `None` if it is not new.
pub(crate) async fn first_start(gateway: &Gateway, config: &Config) -> Result<Option<FirstStart>, Error> {
    let security = &config.security;
    let Some(admin) = gateway.bootstrap_admin(&security.admin_email, security.admin_password.clone()).await? else {
        return Ok(None);
    };
    let operator = Actor::operator();
    make_default_server(gateway, &operator).await?;
    let agent_key = match config.server.environment {
        Environment::Development => Some(make_agent(gateway, &operator, &admin.user.email).await?),
        Environment::Production => None,
    };
    Ok(Some(FirstStart { admin_email: admin.user.email, admin_password: admin.generated, agent_key }))
}

async fn make_agent(gateway: &Gateway, operator: &Actor, owner: &str) -> Result<SecretString, Error> {
    let key = gateway.create_key(operator, agent_key(owner)?).await?;
    gateway.add_grant(operator, VirtualServer::DEFAULT, &format!("key:{AGENT}")).await?;
    Ok(key.secret)
}

/// A catalog that was applied before may have one.
async fn make_default_server(gateway: &Gateway, operator: &Actor) -> Result<(), Error> {
    let everything = NewServer {
        name: name(VirtualServer::DEFAULT)?,
        description: String::new(),
        include: vec!["*".to_owned()],
        exclude: Vec::new(),
        prefix: true,
        discovery: Discovery::Off,
        open: false,
        enabled: true,
    };
    match gateway.create_server(operator, everything).await {
        Ok(_) | Err(Error::Conflict(_)) => Ok(()),
        Err(error) => Err(error),
    }
}

fn agent_key(owner: &str) -> Result<NewKey, Error> {
    Ok(NewKey {
        name: name(AGENT)?,
        owner: Some(owner.to_owned()),
        role: Role::Member,
        scopes: Vec::new(),
        expires_at: None,
    })
}

fn name(text: &str) -> Result<Name, Error> {
    text.parse().map_err(|error: puente_domain::NameError| Error::invalid("name", error.to_string()))
}

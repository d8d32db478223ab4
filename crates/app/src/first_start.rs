//! The first start: an administrator, a virtual server and an agent's key, so that a client can connect at once.

use puente_domain::{Name, Role, server::VirtualServer};
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
    /// The API key of an agent that may use `/mcp`.
    pub agent_key: SecretString,
}

impl App {
    /// Makes what a new installation needs; `None` if it is not new. [`serve`](crate::serve) does it by itself.
    ///
    /// # Errors
    /// The settings name no e-mail address, or the database cannot be written.
    pub async fn first_start(&self) -> Result<Option<FirstStart>, Error> {
        let security = &self.config.security;
        first_start(&self.gateway, &security.admin_email, security.admin_password.clone()).await
    }
}

/// Makes what a new installation needs; `None` if it is not new.
pub(crate) async fn first_start(
    gateway: &Gateway,
    email: &str,
    password: Option<SecretString>,
) -> Result<Option<FirstStart>, Error> {
    let Some(admin) = gateway.bootstrap_admin(email, password).await? else {
        return Ok(None);
    };
    let operator = Actor::operator();
    make_default_server(gateway, &operator).await?;
    let key = gateway.create_key(&operator, agent_key(&admin.user.email)?).await?;
    gateway.add_grant(&operator, VirtualServer::DEFAULT, &format!("key:{AGENT}")).await?;
    Ok(Some(FirstStart { admin_email: admin.user.email, admin_password: admin.generated, agent_key: key.secret }))
}

/// A catalog that was applied before may have one.
async fn make_default_server(gateway: &Gateway, operator: &Actor) -> Result<(), Error> {
    let everything = NewServer {
        name: name(VirtualServer::DEFAULT)?,
        description: String::new(),
        include: vec!["*".to_owned()],
        exclude: Vec::new(),
        prefix: true,
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

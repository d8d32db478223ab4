//! A new virtual server.

use puente_domain::{
    Name, ServerId,
    server::{Discovery, VirtualServer},
};
use puente_storage::Versioned;

use super::check;
use crate::{Actor, Gateway, Result, catalog::edit::check_clashes};

/// What a new virtual server is made of; see [`VirtualServer`].
#[derive(Clone, Debug)]
pub struct NewServer {
    /// Unique.
    pub name: Name,
    /// For people and agents; may be empty.
    pub description: String,
    /// Patterns over `source.tool`.
    pub include: Vec<String>,
    /// Patterns that take away from `include`.
    pub exclude: Vec<String>,
    /// Whether clients see `source_tool` or `tool`.
    pub prefix: bool,
    /// How clients find its tools.
    pub discovery: Discovery,
    /// Whether a caller needs no token; only an administrator may say so.
    pub open: bool,
    /// Whether it is served.
    pub enabled: bool,
}

impl Gateway {
    /// Makes a virtual server without grants. Conflict: the name. Two tools of one name on it are refused.
    pub async fn create_server(&self, actor: &Actor, new: NewServer) -> Result<VirtualServer> {
        self.allow_server_edit(actor, new.open, "servers/create", new.name.as_str()).await?;
        self.may_open(new.open)?;
        check::patterns("include", &new.include)?;
        check::patterns("exclude", &new.exclude)?;
        let now = self.clock.now();
        let server = VirtualServer {
            id: ServerId::new(),
            name: new.name,
            description: new.description,
            include: new.include,
            exclude: new.exclude,
            prefix: new.prefix,
            discovery: new.discovery,
            open: new.open,
            enabled: new.enabled,
            created_at: now,
            updated_at: now,
            version: 1,
        };
        let mut edit = self.edit(actor, Versioned::Catalog).await?;
        edit.servers().add(&server).await?;
        check_clashes(&mut *edit).await?;
        edit.save("servers/create", server.name.as_str(), server.open.then(|| "open".to_owned())).await?;
        Ok(server)
    }
}

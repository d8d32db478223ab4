//! A changed virtual server.

use puente_domain::{
    Name, Timestamp,
    server::{Discovery, VirtualServer},
};
use puente_storage::Versioned;

use super::check;
use crate::{
    Actor, Gateway, Result,
    admin::{edit::at_version, refer},
    catalog::edit::check_clashes,
};

/// What to change; `None` leaves it as it is.
#[derive(Clone, Debug, Default)]
pub struct ServerChanges {
    /// Unique.
    pub name: Option<Name>,
    /// For people and agents; may be empty.
    pub description: Option<String>,
    /// Patterns over `source.tool`.
    pub include: Option<Vec<String>>,
    /// Patterns that take away from `include`.
    pub exclude: Option<Vec<String>>,
    /// Whether clients see `source_tool` or `tool`.
    pub prefix: Option<bool>,
    /// How clients find its tools.
    pub discovery: Option<Discovery>,
    /// Whether a caller needs no token; only an administrator may say so.
    pub open: Option<bool>,
    /// Whether it is served.
    pub enabled: Option<bool>,
}

impl Gateway {
    /// Changes a virtual server, which must be at `version` if one is given. Two tools of one name on it are
    /// refused.
    pub async fn update_server(
        &self,
        actor: &Actor,
        server: &str,
        version: Option<i64>,
        changes: ServerChanges,
    ) -> Result<VirtualServer> {
        self.allow_server_edit(actor, changes.open == Some(true), "servers/update", server).await?;
        self.may_open(changes.open == Some(true))?;
        check::patterns("include", changes.include.as_deref().unwrap_or_default())?;
        check::patterns("exclude", changes.exclude.as_deref().unwrap_or_default())?;
        let mut edit = self.edit(actor, Versioned::Catalog).await?;
        let before = refer::server(&mut *edit, server).await?;
        at_version(version, before.version, "the server")?;
        let opened = !before.open && changes.open == Some(true);
        let server = changes.apply(before, self.clock.now());
        edit.servers().update(&server).await?;
        check_clashes(&mut *edit).await?;
        edit.save("servers/update", server.name.as_str(), opened.then(|| "opened".to_owned())).await?;
        Ok(VirtualServer { version: server.version + 1, ..server })
    }
}

impl ServerChanges {
    fn apply(self, server: VirtualServer, now: Timestamp) -> VirtualServer {
        VirtualServer {
            name: self.name.unwrap_or(server.name),
            description: self.description.unwrap_or(server.description),
            include: self.include.unwrap_or(server.include),
            exclude: self.exclude.unwrap_or(server.exclude),
            prefix: self.prefix.unwrap_or(server.prefix),
            discovery: self.discovery.unwrap_or(server.discovery),
            open: self.open.unwrap_or(server.open),
            enabled: self.enabled.unwrap_or(server.enabled),
            updated_at: now,
            ..server
        }
    }
}

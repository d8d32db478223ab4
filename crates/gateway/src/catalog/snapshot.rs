//! The catalog at one moment: immutable, shared by every call, swapped as a whole.

use std::{collections::HashMap, sync::Arc};

use puente_domain::{
    Name, ServerId, SourceId, Timestamp,
    catalog::{ToolPin, ToolRecord},
    server::{Discovery, Grantee, VirtualServer},
};
use puente_mcp::Era;
use puente_storage::{CatalogRows, Page, StorageError, Transaction, Versioned};

use super::{
    live::{Connection, LiveSource},
    prompts::StaticPrompt,
    resources::StaticResource,
};
use crate::view::{Rights, View, Views};

/// What the database says.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    /// Versions of catalog and rights.
    pub(crate) versions: (i64, i64),
    pub(crate) catalog: CatalogRows,
    pub(crate) pins: Vec<ToolPin>,
    pub(crate) servers: Vec<(VirtualServer, Vec<Grantee>)>,
}

/// The largest page that a repository gives.
const PAGE: u32 = 1000;

impl Rows {
    /// The names of the virtual servers that need no token.
    pub(super) fn open_servers(&self) -> impl Iterator<Item = &Name> {
        self.servers
            .iter()
            .map(|(server, _)| server)
            .filter(|server| server.open && server.enabled)
            .map(|server| &server.name)
    }

    /// Reads everything on one snapshot of the database.
    pub(crate) async fn load(transaction: &mut dyn Transaction) -> Result<Self, StorageError> {
        let versions = versions(transaction).await?;
        let catalog = transaction.catalog().load().await?;
        let pins = transaction.pins().all().await?;
        let mut grants: HashMap<ServerId, Vec<Grantee>> = HashMap::new();
        let mut page = Page { after: None, limit: PAGE };
        loop {
            let slice = transaction.grants().list(None, &page).await?;
            for grant in slice.items {
                grants.entry(grant.server).or_default().push(grant.grantee);
            }
            page.after = slice.next;
            if page.after.is_none() {
                break;
            }
        }
        let servers = all_servers(transaction).await?;
        let servers = servers.into_iter().map(|server| {
            let granted = grants.remove(&server.id).unwrap_or_default();
            (server, granted)
        });
        Ok(Self { versions, catalog, pins, servers: servers.collect() })
    }

    /// The tools of a source that are enabled.
    pub(crate) fn tools_of(&self, source: SourceId) -> Vec<ToolRecord> {
        self.catalog.tools.iter().filter(|tool| tool.source == source && tool.enabled).cloned().collect()
    }
}

/// The versions of catalog and rights.
pub(crate) async fn versions(transaction: &mut dyn Transaction) -> Result<(i64, i64), StorageError> {
    let catalog = transaction.versions().get(Versioned::Catalog).await?;
    Ok((catalog, transaction.versions().get(Versioned::Rights).await?))
}

/// Every virtual server, by name.
pub(crate) async fn all_servers(transaction: &mut dyn Transaction) -> Result<Vec<VirtualServer>, StorageError> {
    let (mut servers, mut page) = (Vec::new(), Page { after: None, limit: PAGE });
    loop {
        let slice = transaction.servers().list(&page).await?;
        servers.extend(slice.items);
        page.after = slice.next;
        if page.after.is_none() {
            return Ok(servers);
        }
    }
}

/// The catalog at one moment.
pub(crate) struct Snapshot {
    pub(crate) rows: Arc<Rows>,
    pub(crate) sources: Vec<Arc<LiveSource>>,
    /// Of the catalog, with the names of their sources.
    pub(crate) prompts: Vec<(Name, Arc<StaticPrompt>)>,
    /// Of the catalog, with the names of their sources.
    pub(crate) resources: Vec<(Name, Arc<StaticResource>)>,
    servers: HashMap<String, Server>,
}

/// Where a prompt comes from.
pub(crate) enum PromptItem {
    /// The catalog.
    Static(Arc<StaticPrompt>),
    /// A source, which knows it by `name`.
    Offered { connection: Arc<Connection>, name: String },
}

/// Where a resource, or a template of resources, comes from.
pub(crate) enum ResourceItem {
    /// The catalog.
    Static(Arc<StaticResource>),
    /// A source.
    Offered(Arc<Connection>),
}

/// A virtual server with its grants and its views.
pub(crate) struct Server {
    pub(crate) record: VirtualServer,
    pub(crate) grants: Vec<Grantee>,
    views: Views,
}

impl Server {
    fn new(record: VirtualServer, grants: Vec<Grantee>) -> Self {
        Self { record, grants, views: Views::default() }
    }
}

impl Snapshot {
    pub(crate) fn new(rows: Arc<Rows>, sources: Vec<Arc<LiveSource>>) -> Self {
        let name = |id| sources.iter().find(|source| source.record.id == id).map(|source| source.record.name.clone());
        let prompts = rows.catalog.prompts.iter().filter_map(|record| {
            let prompt =
                StaticPrompt::parse(record).map_err(|problem| unusable("prompt", &record.name, &problem)).ok()?;
            Some((name(record.source)?, Arc::new(prompt)))
        });
        let resources = rows.catalog.resources.iter().filter_map(|record| {
            let resource =
                StaticResource::parse(record).map_err(|problem| unusable("resource", &record.name, &problem)).ok()?;
            Some((name(record.source)?, Arc::new(resource)))
        });
        let (prompts, resources) = (prompts.collect(), resources.collect());
        Self { servers: servers(&rows), prompts, resources, sources, rows }
    }

    /// A virtual server that is enabled.
    pub(crate) fn server(&self, name: &str) -> Option<&Server> {
        self.servers.get(name)
    }

    /// What is seen with these rights; made at the first use.
    pub(crate) fn view(&self, server: &Server, rights: Rights, era: Era) -> Arc<View> {
        server.views.get(rights, era, || View::new(self, &server.record, rights, era))
    }
}

fn unusable(what: &'static str, name: &Name, problem: &str) {
    tracing::warn!(what, %name, problem, "a part of the catalog cannot be used");
}

fn servers(rows: &Rows) -> HashMap<String, Server> {
    let enabled = rows.servers.iter().filter(|(server, _)| server.enabled);
    let mut servers: HashMap<String, Server> = enabled
        .map(|(record, grants)| (record.name.to_string(), Server::new(record.clone(), grants.clone())))
        .collect();
    let default = |(server, _): &(VirtualServer, _)| server.name.as_str() == VirtualServer::DEFAULT;
    if !rows.servers.iter().any(default)
        && let Some(record) = everything()
    {
        servers.insert(VirtualServer::DEFAULT.to_owned(), Server::new(record, Vec::new()));
    }
    servers
}

/// What `/mcp` is until the catalog says otherwise: everything, for those who need no grant.
fn everything() -> Option<VirtualServer> {
    Some(VirtualServer {
        id: ServerId::new(),
        name: VirtualServer::DEFAULT.parse().ok()?,
        description: String::new(),
        include: vec!["*".to_owned()],
        exclude: Vec::new(),
        prefix: true,
        discovery: Discovery::Off,
        open: false,
        enabled: true,
        created_at: Timestamp::from_micros(0),
        updated_at: Timestamp::from_micros(0),
        version: 0,
    })
}

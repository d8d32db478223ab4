//! What somebody may do, and why.

use std::sync::Arc;

use puente_domain::{Name, Principal, Subject, server::VirtualServer};
use puente_storage::{CatalogRows, Transaction};

use super::refer;
use crate::{
    Action, Actor, Error, Gateway, Refusal, Result,
    catalog::{Rows, pattern},
    identity::principal,
    policy::{Reason, decide},
    view::covers,
};

/// What the policy says about one thing.
pub type Decision = Result<Reason, Refusal>;

/// What a principal may do.
#[derive(Clone, Debug)]
pub struct Access {
    /// Who.
    pub principal: Arc<Principal>,
    /// The names of its teams.
    pub teams: Vec<String>,
    /// Every virtual server that is enabled, by name.
    pub servers: Vec<ServerAccess>,
    /// Rights in the administration, in words.
    pub administration: Vec<(&'static str, Decision)>,
}

/// What a principal may do on a virtual server.
#[derive(Clone, Debug)]
pub struct ServerAccess {
    /// Its name.
    pub name: Name,
    /// The grants on it that are for the principal: `user:EMAIL`, `key:NAME`, `team:NAME`, `role:ROLE`.
    pub grants: Vec<String>,
    /// List, search, read, get and complete.
    pub use_server: Decision,
    /// Call tools that change nothing.
    pub read_only_tools: Decision,
    /// Call tools that change something.
    pub writing_tools: Decision,
    /// The catalog's tools on it that are enabled: `source.tool`, sorted.
    pub tools: Vec<String>,
}

impl Gateway {
    /// What `user:EMAIL` or `key:NAME` may do now, and why.
    pub async fn access(&self, actor: &Actor, who: &str) -> Result<Access> {
        self.allow(actor, Action::ReadAccess, "access", "").await?;
        let mut transaction = self.storage.read().await?;
        let transaction = transaction.as_mut();
        let found = match refer::subject(transaction, who).await? {
            Subject::Key(id) => {
                let key = transaction.keys().get(id).await?.ok_or_else(|| Error::not_found("key", who))?;
                principal::of_key(transaction, &key, self.clock.now()).await
            }
            Subject::User(id) => principal::of_user(transaction, id).await,
            Subject::Anonymous => Ok(Principal::anonymous()),
        };
        let principal = found.map_err(|error| match error {
            Error::Unauthenticated(reason) => Error::invalid("", format!("{who} may do nothing: {reason}")),
            other => other,
        })?;
        report(transaction, Arc::new(principal)).await
    }

    /// What the caller may do now, and why.
    pub async fn own_access(&self, actor: &Actor) -> Result<Access> {
        self.allow(actor, Action::ReadSelf, "access", "").await?;
        report(self.storage.read().await?.as_mut(), actor.principal.clone()).await
    }
}

async fn report(transaction: &mut dyn Transaction, principal: Arc<Principal>) -> Result<Access> {
    let rows = Rows::load(transaction).await?;
    let addresses = addresses(&rows.catalog);
    let mut servers = Vec::new();
    for (server, granted) in rows.servers.iter().filter(|(server, _)| server.enabled) {
        let mut grants = Vec::new();
        for grantee in granted.iter().filter(|grantee| covers(**grantee, &principal)) {
            grants.push(refer::name_grantee(transaction, *grantee).await?);
        }
        servers.push(on_server(&principal, server, grants, &addresses));
    }
    let mut teams = Vec::new();
    for team in principal.teams.iter() {
        let found = transaction.teams().get(*team).await?;
        teams.push(found.map_or_else(|| team.to_string(), |team| team.name.into()));
    }
    Ok(Access { administration: administration(&principal), principal, teams, servers })
}

fn on_server(principal: &Principal, server: &VirtualServer, grants: Vec<String>, addresses: &[String]) -> ServerAccess {
    let (name, open, granted) = (&server.name, server.open, !grants.is_empty());
    let call = |read_only| decide(principal, Action::CallTool { server: name, open, granted, read_only });
    let included = |address: &&String| pattern::includes(&server.include, &server.exclude, address);
    ServerAccess {
        name: name.clone(),
        use_server: decide(principal, Action::UseServer { server: name, open, granted }),
        read_only_tools: call(true),
        writing_tools: call(false),
        tools: addresses.iter().filter(included).cloned().collect(),
        grants,
    }
}

fn administration(principal: &Principal) -> Vec<(&'static str, Decision)> {
    [
        ("see one's own account", Action::ReadSelf),
        ("manage one's own keys", Action::ManageOwnKeys),
        ("see one's own audit trail", Action::ReadOwnAudit),
        ("see the catalog", Action::ReadCatalog),
        ("edit the catalog and set secrets", Action::EditCatalog),
        ("see users, teams, keys and grants", Action::ReadAccess),
        ("manage users, teams, keys and grants", Action::ManageAccess),
        ("see the whole audit trail", Action::ReadAudit),
        ("see the metrics", Action::ReadMetrics),
    ]
    .map(|(words, action)| (words, decide(principal, action)))
    .into()
}

/// `source.tool` of everything in the catalog that is enabled, sorted.
fn addresses(catalog: &CatalogRows) -> Vec<String> {
    let enabled = catalog.sources.iter().filter(|source| source.enabled);
    let tools = enabled.flat_map(|source| {
        let tools = catalog.tools.iter().filter(|tool| tool.source == source.id && tool.enabled);
        tools.map(move |tool| format!("{}.{}", source.name, tool.name))
    });
    let mut addresses: Vec<String> = tools.collect();
    addresses.sort();
    addresses
}

//! What a caller sees of a virtual server: immutable, and shared by all with the same rights.

pub(crate) mod apps;
mod build;
mod names;
mod shelf;

pub(crate) use names::client_name;
pub(crate) use shelf::{Listed, Shelf};

use std::sync::{Arc, OnceLock};

use puente_domain::{Principal, Subject, server::Grantee};
use puente_mcp::Era;

use crate::{
    Action, Refusal,
    catalog::{
        CatalogTool,
        snapshot::{PromptItem, ResourceItem, Server},
    },
    discovery::{Guide, Guides},
    policy::decide,
};

/// What a caller may call on a virtual server that it may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Rights {
    /// Tools that change nothing.
    ReadOnly,
    /// Every tool.
    Full,
}

/// The rights of a principal on a virtual server.
///
/// # Errors
/// The [`Refusal`] if it may not even use it.
pub(crate) fn rights(server: &Server, principal: &Principal) -> Result<Rights, Refusal> {
    let (name, open) = (&server.record.name, server.record.open);
    let granted = server.grants.iter().any(|grantee| covers(*grantee, principal));
    decide(principal, Action::UseServer { server: name, open, granted })?;
    let call = |read_only| decide(principal, Action::CallTool { server: name, open, granted, read_only });
    if call(false).is_ok() {
        return Ok(Rights::Full);
    }
    call(true).map(|_| Rights::ReadOnly)
}

/// Whether a grant is for this principal: for itself, one of its teams, or a role that it has.
pub(crate) fn covers(grantee: Grantee, principal: &Principal) -> bool {
    match grantee {
        Grantee::Subject(subject) => subject == principal.subject,
        Grantee::Team(team) => principal.teams.binary_search(&team).is_ok(),
        Grantee::Role(role) => principal.subject != Subject::Anonymous && principal.role >= role,
    }
}

/// A view: everything in a fixed order, each item serialised for its era.
pub(crate) struct View {
    /// Whether names have their source's as a prefix.
    pub(crate) prefix: bool,
    /// What may be called, listed or not.
    pub(crate) tools: Shelf<Arc<CatalogTool>>,
    /// What leads to them, if they are not only listed.
    pub(crate) guides: Option<Guides>,
    pub(crate) prompts: Shelf<PromptItem>,
    pub(crate) resources: Shelf<ResourceItem>,
    pub(crate) templates: Shelf<ResourceItem>,
}

impl View {
    /// The guide that a client means by this name.
    pub(crate) fn guide(&self, name: &str) -> Option<(Guide, &Guides)> {
        let guides = self.guides.as_ref()?;
        Some((*guides.listed.get(name)?, guides))
    }

    /// Changes with every byte of the list of tools.
    pub(crate) fn tools_digest(&self) -> u64 {
        match &self.guides {
            None => self.tools.digest,
            Some(guides) if guides.instead => guides.listed.digest,
            Some(guides) => self.tools.digest ^ guides.listed.digest,
        }
    }
}

/// The views of one virtual server, each made at its first use.
#[derive(Default)]
pub(crate) struct Views([[OnceLock<Arc<View>>; 2]; 2]);

impl Views {
    pub(crate) fn get(&self, rights: Rights, era: Era, make: impl FnOnce() -> View) -> Arc<View> {
        let cell = &self.0[usize::from(rights == Rights::Full)][usize::from(era == Era::Modern)];
        cell.get_or_init(|| Arc::new(make())).clone()
    }
}

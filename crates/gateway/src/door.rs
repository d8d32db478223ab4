//! The way in: may this caller use this virtual server, and what does it see there?

use std::sync::Arc;

use puente_domain::Timestamp;
use puente_mcp::{Era, McpError};

use crate::{
    Actor, Caller, Error, Gateway, Result,
    failure::Failure,
    view::{View, rights},
};

impl Gateway {
    /// A caller of the virtual server `name` (`default` for `/mcp`), for [`McpHandler`](crate::McpHandler).
    ///
    /// # Errors
    /// [`Error::NotFound`] if there is no such virtual server or it is disabled; [`Error::Refused`] if the actor may not
    /// use it; [`Error::Limited`] if it tries too often. An anonymous actor learns nothing but that it needs a token, unless the server is open.
    pub fn enter(&self, actor: Actor, name: &str) -> Result<Caller> {
        let catalog = self.catalog.load();
        let Some(server) = catalog.server(name) else {
            if actor.principal.subject == puente_domain::Subject::Anonymous {
                return Err(crate::Refusal::Anonymous.into());
            }
            self.count_request(&actor)?;
            self.record_refusal(&actor, "servers/enter", name, "there is no such virtual server".to_owned());
            return Err(Error::not_found("virtual server", name));
        };
        if let Err(refusal) = rights(server, &actor.principal) {
            self.count_request(&actor)?;
            self.record_refusal(&actor, "servers/enter", name, refusal.to_string());
            return Err(refusal.into());
        }
        Ok(Caller { actor, server: name.into() })
    }

    /// The description of a virtual server, if there is one.
    #[must_use]
    pub fn server_description(&self, name: &str) -> Option<String> {
        let catalog = self.catalog.load();
        catalog.server(name).map(|server| server.record.description.clone()).filter(|text| !text.is_empty())
    }

    /// The moment now, by the gateway's clock.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// What a caller sees now.
    pub(crate) fn view(&self, caller: &Caller, era: Era) -> Result<Arc<View>, Failure> {
        let catalog = self.catalog.load();
        let Some(server) = catalog.server(&caller.server) else {
            let gone = format!("there is no virtual server '{}' any more", caller.server);
            return Err(Failure::Unknown(McpError::InvalidParams(gone)));
        };
        let rights = rights(server, &caller.actor.principal)?;
        Ok(catalog.view(server, rights, era))
    }
}

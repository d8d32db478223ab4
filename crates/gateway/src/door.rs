//! The way in: may this caller use this virtual server, and what does it see there?

use std::sync::Arc;

use puente_domain::{Subject, Timestamp};
use puente_mcp::{Era, McpError};

use crate::{
    Actor, Caller, Error, Gateway, Result,
    failure::Failure,
    view::{View, rights},
};

impl Gateway {
    /// A caller of the virtual server `name` (`default` for `/mcp`), for [`McpHandler`](crate::McpHandler). A refusal
    /// counts as a request and is in the audit trail.
    ///
    /// # Errors
    /// As [`may_enter`](Self::may_enter), and [`Error::Limited`] to those who try too often.
    pub async fn enter(&self, actor: Actor, name: &str) -> Result<Caller> {
        let entered = self.may_enter(&actor, name);
        let is_anonymous = actor.principal.subject == Subject::Anonymous;
        // Strangers learn nothing of which servers there are, and leave nothing behind.
        let is_stranger = is_anonymous && self.catalog.load().server(name).is_none();
        match entered {
            Err(refusal) if !is_stranger => {
                self.count_request(&actor).await?;
                self.record_refusal(&actor, "servers/enter", name, refusal.to_string());
                Err(refusal)
            }
            entered => entered.map(|()| Caller { actor, server: name.into() }),
        }
    }

    /// Whether this actor may use a virtual server.
    ///
    /// # Errors
    /// [`Error::NotFound`] if there is no such virtual server or it is disabled; [`Error::Refused`] if the actor may not
    /// use it. An anonymous actor learns nothing but that it needs a token, unless the server is open.
    pub fn may_enter(&self, actor: &Actor, name: &str) -> Result<()> {
        let catalog = self.catalog.load();
        let Some(server) = catalog.server(name) else {
            if actor.principal.subject == Subject::Anonymous {
                return Err(crate::Refusal::Anonymous.into());
            }
            return Err(Error::not_found("virtual server", name));
        };
        rights(server, &actor.principal)?;
        Ok(())
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

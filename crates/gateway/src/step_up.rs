//! Tools that a client could call with a wider consent.

use puente_domain::{Principal, key::Scope};
use puente_mcp::RequestContext;

use crate::{Actor, Caller, Gateway, failure::Failure};

impl Gateway {
    /// A tool that an OAuth client could call with a wider consent is no secret to it: it is told to ask for one.
    pub(crate) fn or_step_up(&self, cx: &RequestContext<Caller>, name: &str, unknown: Failure) -> Failure {
        let principal = &cx.caller.actor.principal;
        if principal.connection.is_none() || principal.scopes.contains(&Scope::Mcp) {
            return unknown;
        }
        let wider = Principal { scopes: [].into(), ..(**principal).clone() };
        let actor = Actor { principal: wider.into(), ..cx.caller.actor.clone() };
        let whole = self.view(&Caller { actor, server: cx.caller.server.clone() }, cx.client.era);
        match whole {
            Ok(view) if view.tools.get(name).is_some() => Failure::Scope(name.to_owned()),
            _ => unknown,
        }
    }
}

//! What a principal may do: one function for every door.
//!
//! `/mcp`, `/servers/{name}/mcp`, stdio, the REST API and the command line all ask [`decide`]; no door decides by
//! itself. It is pure: what it needs to know about the thing is in the [`Action`].

use puente_domain::{Name, Principal, Role, Subject, key::Scope};

/// Something that a principal wants to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action<'a> {
    /// List, search, read, get and complete on a virtual server.
    UseServer {
        /// Its name.
        server: &'a Name,
        /// Whether it is declared open.
        open: bool,
        /// Whether the principal, one of its teams or its role has a grant on it.
        granted: bool,
    },
    /// Call a tool of a virtual server.
    CallTool {
        /// Its name.
        server: &'a Name,
        /// See [`Action::UseServer`].
        open: bool,
        /// See [`Action::UseServer`].
        granted: bool,
        /// Whether the tool changes nothing.
        read_only: bool,
    },
    /// See one's own account, its keys and what it may do.
    ReadSelf,
    /// Make, disable and delete one's own keys.
    ManageOwnKeys,
    /// See sources, tools, virtual servers and statistics.
    ReadCatalog,
    /// Edit sources, tools and virtual servers; set secrets.
    EditCatalog,
    /// See users, teams, keys and grants of everyone.
    ReadAccess,
    /// Edit users, teams, keys and grants of everyone.
    ManageAccess,
    /// See the audit trail of oneself.
    ReadOwnAudit,
    /// See the audit trail of everyone.
    ReadAudit,
    /// See the durable queue.
    ReadJobs,
    /// Retry and cancel jobs.
    ManageJobs,
    /// See the metrics.
    ReadMetrics,
}

/// Why something is refused; safe to tell the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nobody is signed in.
    #[error("this needs a token")]
    Anonymous,
    /// No grant on the virtual server.
    #[error("no grant on this virtual server")]
    NoGrant,
    /// The role is not enough.
    #[error("this needs the role {0}")]
    Role(Role),
    /// The key's scopes do not cover it.
    #[error("the key's scopes do not allow this")]
    Scope,
}

/// Why something is allowed, for `puente access`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The virtual server is open to everyone.
    Open,
    /// A grant.
    Grant,
    /// The role.
    Role(Role),
    /// It is the caller's own.
    Own,
}

/// Decides whether `principal` may do `action`, and says why.
///
/// # Errors
/// The [`Refusal`] to tell the caller.
pub fn decide(principal: &Principal, action: Action<'_>) -> Result<Reason, Refusal> {
    let reason = by_role_and_grant(principal, action)?;
    if covered_by_scopes(&principal.scopes, action) { Ok(reason) } else { Err(Refusal::Scope) }
}

fn by_role_and_grant(principal: &Principal, action: Action<'_>) -> Result<Reason, Refusal> {
    let anonymous = principal.subject == Subject::Anonymous;
    match action {
        Action::UseServer { open: true, .. } | Action::CallTool { open: true, .. } => Ok(Reason::Open),
        _ if anonymous => Err(Refusal::Anonymous),
        Action::UseServer { granted: true, .. } | Action::CallTool { granted: true, .. } => Ok(Reason::Grant),
        Action::UseServer { .. } | Action::CallTool { .. } => {
            at_least(principal, Role::Admin).map_err(|_| Refusal::NoGrant)
        }
        Action::ReadSelf | Action::ManageOwnKeys | Action::ReadOwnAudit => Ok(Reason::Own),
        Action::ReadCatalog | Action::EditCatalog => at_least(principal, Role::Editor),
        Action::ReadAccess
        | Action::ManageAccess
        | Action::ReadAudit
        | Action::ReadJobs
        | Action::ManageJobs
        | Action::ReadMetrics => at_least(principal, Role::Admin),
    }
}

fn at_least(principal: &Principal, role: Role) -> Result<Reason, Refusal> {
    if principal.role >= role { Ok(Reason::Role(role)) } else { Err(Refusal::Role(role)) }
}

fn covered_by_scopes(scopes: &[Scope], action: Action<'_>) -> bool {
    if scopes.is_empty() {
        return true;
    }
    let has = |wanted: &Scope| scopes.contains(wanted);
    match action {
        Action::UseServer { server, .. } => on_server(scopes, server),
        Action::CallTool { server, read_only, .. } => {
            on_server(scopes, server) && (read_only || has(&Scope::Mcp) || !has(&Scope::McpRead))
        }
        Action::ReadSelf
        | Action::ReadCatalog
        | Action::ReadAccess
        | Action::ReadOwnAudit
        | Action::ReadAudit
        | Action::ReadJobs
        | Action::ReadMetrics => has(&Scope::Api) || has(&Scope::ApiRead),
        Action::ManageOwnKeys | Action::EditCatalog | Action::ManageAccess | Action::ManageJobs => has(&Scope::Api),
    }
}

/// `server:NAME` scopes narrow the MCP endpoints to those servers; without one, `mcp` or `mcp:read` opens all.
fn on_server(scopes: &[Scope], server: &Name) -> bool {
    let named = |scope: &Scope| matches!(scope, Scope::Server(_));
    if scopes.iter().any(named) {
        return scopes.contains(&Scope::Server(server.clone()));
    }
    scopes.contains(&Scope::Mcp) || scopes.contains(&Scope::McpRead)
}

#[cfg(test)]
mod tests;

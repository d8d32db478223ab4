//! The use cases of Puente. Everything that a door (`/mcp`, stdio, REST, the command line) does is one call in here.
//!
//! - [`policy`]: what a principal may do; the one decision function of every door.
//! - [`identity`]: who a token belongs to; sign-in, refresh, sign-out.
//! - [`oauth`]: the built-in authorization server.
//! - [`catalog`]: from a file or an edit to rows, from rows to live sources and views.
//! - `call`: the life of a tool call, top to bottom in one file.
//! - [`audit`]: the trail of all of it; [`metrics`]: the same in numbers.
//! - [`admin`]: users, keys, teams, virtual servers, grants, secrets, jobs: one operation a file.
//! - [`jobs`]: what is done in the background.

pub mod admin;
mod attach;
pub mod audit;
mod cached;
mod call;
pub mod catalog;
mod changed;
mod circuit;
mod discovery;
mod door;
mod error;
mod events;
mod failure;
mod gateway;
pub mod identity;
pub mod jobs;
mod lifecycle;
mod limit;
mod list;
mod mcp;
pub mod metrics;
pub mod oauth;
mod oversized;
pub mod policy;
mod prompt;
mod prune;
mod reply;
mod resource;
mod sealer;
mod sessions;
mod settings;
mod shared;
mod sources;
mod step_up;
mod tasks;
mod traced;
mod validate;
mod view;
mod work;

pub use circuit::{CircuitHealth, CircuitState};
pub use error::{Error, Finding, Result};
pub use gateway::{Gateway, Parts};
pub use mcp::McpHandler;
pub use policy::{Action, Refusal};
pub use sealer::VaultSealer;
pub use sessions::StoredSessions;
pub use settings::{OnAuditFailure, Settings};
pub use shared::Shared;
pub use sources::{SourceHealth, SourceState};

use std::{net::IpAddr, sync::Arc};

use puente_domain::Principal;

/// Who does something, for the policy and the audit trail.
#[derive(Clone, Debug)]
pub struct Actor {
    /// The authenticated caller.
    pub principal: Arc<Principal>,
    /// Where the request came from, behind trusted proxies the client's address; `None` for stdio and the command line.
    pub address: Option<IpAddr>,
    /// The id in the log, and in `X-Request-Id`.
    pub request_id: Arc<str>,
}

/// A caller of the MCP endpoints: an actor on a virtual server.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Who calls.
    pub actor: Actor,
    /// The name of the virtual server; `default` for `/mcp`.
    pub server: Arc<str>,
}

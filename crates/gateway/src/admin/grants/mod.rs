//! Grants: the right of a user, key, team or role to use a virtual server.

mod add;
mod list;
mod remove;

use puente_domain::{Timestamp, server::Grant};
use puente_storage::Transaction;

use crate::{Result, admin::refer};

/// A grant with the names that people know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedGrant {
    /// As it is stored.
    pub grant: Grant,
    /// The virtual server's name.
    pub server: String,
    /// `user:EMAIL`, `key:NAME`, `team:NAME` or `role:ROLE`.
    pub grantee: String,
    /// When it was made.
    pub created_at: Timestamp,
}

async fn named(transaction: &mut dyn Transaction, grant: Grant) -> Result<NamedGrant> {
    let server = transaction.servers().get(grant.server).await?;
    let server = server.map_or_else(|| grant.server.to_string(), |server| server.name.into());
    let grantee = refer::name_grantee(transaction, grant.grantee).await?;
    Ok(NamedGrant { grant, server, grantee, created_at: grant.created_at })
}

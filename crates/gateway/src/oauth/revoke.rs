//! The revocation endpoint (RFC 7009): a client gives its tokens back.

use puente_auth::sha256;
use puente_domain::{FamilyId, oauth::Connection};
use puente_storage::Versioned;

use super::REFRESH_PREFIX;
use crate::{Actor, Gateway, Result};

impl Gateway {
    /// Ends a client's connection with all its tokens, within a second everywhere. A token that is not known, or another
    /// client's, is no error.
    pub async fn revoke_oauth(&self, visitor: &Actor, client: &str, token: &str) -> Result<()> {
        let Some(connection) = self.connection_of(token).await?.filter(|found| found.client == client) else {
            return Ok(());
        };
        self.end_connection(visitor, &connection, "oauth/revoke").await
    }

    pub(super) async fn end_connection(&self, actor: &Actor, connection: &Connection, action: &str) -> Result<()> {
        let mut edit = self.edit(actor, Versioned::Rights).await?;
        edit.refresh_tokens().revoke_family(connection.family, self.clock.now()).await?;
        edit.oauth().disconnect(connection.family).await?;
        edit.save(action, &connection.client, Some(format!("for {} on {}", connection.user, connection.server))).await
    }

    async fn connection_of(&self, token: &str) -> Result<Option<Connection>> {
        let mut transaction = self.storage.read().await?;
        let family: Option<FamilyId> = if token.starts_with(REFRESH_PREFIX) {
            transaction.refresh_tokens().find(&sha256(token)).await?.map(|row| row.family)
        } else {
            self.tokens.verify_any(token, self.clock.now()).ok().map(|claims| claims.fam)
        };
        match family {
            Some(family) => Ok(transaction.oauth().connection(family).await?),
            None => Ok(None),
        }
    }
}

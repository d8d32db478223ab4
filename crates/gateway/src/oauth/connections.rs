//! A person's connected clients.

use puente_domain::{
    FamilyId,
    oauth::{Connection, OAuthClient},
};

use crate::{Action, Actor, Error, Gateway, Result, admin::keys::account_of};

/// A client that acts for the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectedClient {
    /// Where, and what it may do.
    pub connection: Connection,
    /// Who it is.
    pub client: OAuthClient,
}

impl Gateway {
    /// The clients that act for this person (of a key: for its owner), newest first.
    pub async fn own_connections(&self, actor: &Actor) -> Result<Vec<ConnectedClient>> {
        self.allow(actor, Action::ReadSelf, "me/connections", "").await?;
        let mut transaction = self.storage.read().await?;
        let Some(user) = account_of(transaction.as_mut(), actor).await? else { return Ok(Vec::new()) };
        let mut connected = Vec::new();
        for connection in transaction.oauth().connections(user).await? {
            if let Some(client) = transaction.oauth().client(&connection.client).await? {
                connected.push(ConnectedClient { connection, client });
            }
        }
        Ok(connected)
    }

    /// Ends what a client may do for this person, within a second everywhere.
    pub async fn disconnect(&self, actor: &Actor, family: FamilyId) -> Result<()> {
        self.allow(actor, Action::ManageOwnKeys, "me/disconnect", &family.to_string()).await?;
        let connection = {
            let mut transaction = self.storage.read().await?;
            let user = account_of(transaction.as_mut(), actor).await?;
            let connection = transaction.oauth().connection(family).await?;
            connection.filter(|found| Some(found.user) == user)
        };
        let connection = connection.ok_or_else(|| Error::not_found("connection", family.to_string()))?;
        self.end_connection(actor, &connection, "me/disconnect").await
    }
}

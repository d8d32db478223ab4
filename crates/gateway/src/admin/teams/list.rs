//! All teams.

use puente_domain::team::Team;
use puente_storage::{Page, Slice};

use crate::{Action, Actor, Gateway, Result};

impl Gateway {
    /// Teams by name.
    pub async fn teams(&self, actor: &Actor, page: &Page) -> Result<Slice<Team>> {
        self.allow(actor, Action::ReadAccess, "teams/list", "").await?;
        Ok(self.storage.read().await?.teams().list(page).await?)
    }
}

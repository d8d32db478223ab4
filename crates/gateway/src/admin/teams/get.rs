//! One team.

use puente_domain::team::Team;

use crate::{Action, Actor, Gateway, Result, admin::refer};

impl Gateway {
    /// A team by id or name.
    pub async fn team(&self, actor: &Actor, team: &str) -> Result<Team> {
        self.allow(actor, Action::ReadAccess, "teams/get", team).await?;
        refer::team(self.storage.read().await?.as_mut(), team).await
    }
}

//! A new team.

use puente_domain::{Name, TeamId, team::Team};
use puente_storage::Versioned;

use crate::{Action, Actor, Gateway, Result};

impl Gateway {
    /// Makes a team without members. Conflict: the name.
    pub async fn create_team(&self, actor: &Actor, name: Name, description: String) -> Result<Team> {
        self.allow(actor, Action::ManageAccess, "teams/create", name.as_str()).await?;
        let now = self.clock.now();
        let team = Team { id: TeamId::new(), name, description, created_at: now, updated_at: now, version: 1 };
        let mut edit = self.edit(actor, Versioned::Rights).await?;
        edit.teams().add(&team).await?;
        edit.save("teams/create", team.name.as_str(), None).await?;
        Ok(team)
    }
}

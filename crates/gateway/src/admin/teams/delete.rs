//! A deleted team.

use puente_storage::Versioned;

use crate::{Action, Actor, Gateway, Result, admin::refer};

impl Gateway {
    /// Deletes a team with its memberships and grants.
    pub async fn delete_team(&self, actor: &Actor, team: &str) -> Result<()> {
        self.allow(actor, Action::ManageAccess, "teams/delete", team).await?;
        let mut edit = self.edit(actor, Versioned::Rights).await?;
        let team = refer::team(&mut *edit, team).await?;
        edit.teams().remove(team.id).await?;
        edit.save("teams/delete", team.name.as_str(), None).await
    }
}

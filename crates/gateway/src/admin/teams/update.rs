//! A changed team.

use puente_domain::{Name, team::Team};
use puente_storage::Versioned;

use crate::{
    Action, Actor, Gateway, Result,
    admin::{edit::at_version, refer},
};

/// What to change; `None` leaves it as it is.
#[derive(Clone, Debug, Default)]
pub struct TeamChanges {
    /// Unique.
    pub name: Option<Name>,
    /// For people; may be empty.
    pub description: Option<String>,
}

impl Gateway {
    /// Changes a team, which must be at `version` if one is given.
    pub async fn update_team(
        &self,
        actor: &Actor,
        team: &str,
        version: Option<i64>,
        changes: TeamChanges,
    ) -> Result<Team> {
        self.allow(actor, Action::ManageAccess, "teams/update", team).await?;
        let mut edit = self.edit(actor, Versioned::Rights).await?;
        let before = refer::team(&mut *edit, team).await?;
        at_version(version, before.version, "the team")?;
        let team = Team {
            name: changes.name.unwrap_or(before.name),
            description: changes.description.unwrap_or(before.description),
            updated_at: self.clock.now(),
            ..before
        };
        edit.teams().update(&team).await?;
        edit.save("teams/update", team.name.as_str(), None).await?;
        Ok(Team { version: team.version + 1, ..team })
    }
}

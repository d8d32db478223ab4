//! Who belongs to a team.

use puente_domain::Subject;
use puente_storage::Versioned;

use crate::{Action, Actor, Gateway, Result, admin::refer};

/// A member of a team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamMember {
    /// `user:EMAIL` or `key:NAME`.
    pub member: String,
    /// Who that is.
    pub subject: Subject,
}

impl Gateway {
    /// Who belongs to a team, in a stable order.
    pub async fn members(&self, actor: &Actor, team: &str) -> Result<Vec<TeamMember>> {
        self.allow(actor, Action::ReadAccess, "teams/members", team).await?;
        let mut transaction = self.storage.read().await?;
        let team = refer::team(transaction.as_mut(), team).await?;
        let mut members = Vec::new();
        for subject in transaction.teams().members(team.id).await? {
            members.push(TeamMember { member: refer::name_subject(transaction.as_mut(), subject).await?, subject });
        }
        Ok(members)
    }

    /// Adds `user:EMAIL` or `key:NAME`; false if it was a member already.
    pub async fn add_member(&self, actor: &Actor, team: &str, member: &str) -> Result<bool> {
        self.allow(actor, Action::ManageAccess, "teams/add_member", team).await?;
        let mut edit = self.edit(actor, Versioned::Rights).await?;
        let team = refer::team(&mut *edit, team).await?;
        let subject = refer::subject(&mut *edit, member).await?;
        let added = edit.teams().add_member(team.id, subject, self.clock.now()).await?;
        edit.save("teams/add_member", team.name.as_str(), Some(subject_id(subject))).await?;
        Ok(added)
    }

    /// Removes `user:EMAIL` or `key:NAME`; false if it was no member.
    pub async fn remove_member(&self, actor: &Actor, team: &str, member: &str) -> Result<bool> {
        self.allow(actor, Action::ManageAccess, "teams/remove_member", team).await?;
        let mut edit = self.edit(actor, Versioned::Rights).await?;
        let team = refer::team(&mut *edit, team).await?;
        let subject = refer::subject(&mut *edit, member).await?;
        let removed = edit.teams().remove_member(team.id, subject).await?;
        edit.save("teams/remove_member", team.name.as_str(), Some(subject_id(subject))).await?;
        Ok(removed)
    }
}

/// For the audit trail, which keeps no e-mail address beyond its account.
fn subject_id(subject: Subject) -> String {
    match subject {
        Subject::User(id) => format!("user:{id}"),
        Subject::Key(id) => format!("key:{id}"),
        Subject::Anonymous => "anonymous".to_owned(),
    }
}

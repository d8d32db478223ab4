//! Teams and their members.

use async_trait::async_trait;
use puente_domain::{Subject, TeamId, Timestamp, team::Team};
use puente_storage::{Page, Result, Slice, StorageError, TeamRepository};
use uuid::Uuid;

use super::{
    SqlTransaction, Time, column, page,
    subject::{References, subject, subject_text},
    text::storable,
};

struct Row {
    id: Uuid,
    name: String,
    description: String,
    created_at: Time,
    updated_at: Time,
    version: i64,
}

impl TryFrom<Row> for Team {
    type Error = StorageError;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: TeamId(row.id),
            name: column::parse("teams", &row.name)?,
            description: row.description,
            created_at: row.created_at.0,
            updated_at: row.updated_at.0,
            version: row.version,
        })
    }
}

macro_rules! select {
    ($tail:tt, $($argument:expr),*) => {
        sqlx::query_as!(
            Row,
            r#"SELECT id AS "id!: Uuid", name, description, created_at AS "created_at!: Time",
                      updated_at AS "updated_at!: Time", version AS "version!: i64"
               FROM teams "# + $tail,
            $($argument),*
        )
    };
}

#[async_trait]
impl TeamRepository for SqlTransaction {
    async fn get(&mut self, id: TeamId) -> Result<Option<Team>> {
        let row = select!("WHERE id = $1", id.0).fetch_optional(self.connection()).await;
        row.map_err(|error| self.fail(error))?.map(Team::try_from).transpose()
    }

    async fn by_name(&mut self, name: &str) -> Result<Option<Team>> {
        let row = select!("WHERE name = $1", storable("teams.name", name)?).fetch_optional(self.connection()).await;
        row.map_err(|error| self.fail(error))?.map(Team::try_from).transpose()
    }

    async fn list(&mut self, page: &Page) -> Result<Slice<Team>> {
        let rows = select!("WHERE name > $1 ORDER BY name LIMIT $2", page::after_name(page)?, page::limit(page));
        let rows = rows.fetch_all(self.connection()).await.map_err(|error| self.fail(error))?;
        page::slice(rows, page, |team: &Team| team.name.to_string())
    }

    async fn add(&mut self, team: &Team) -> Result<()> {
        sqlx::query!(
            "INSERT INTO teams (id, name, description, created_at, updated_at, version)
             VALUES ($1, $2, $3, $4, $5, $6)",
            team.id.0,
            team.name.as_str(),
            storable("teams.description", &team.description)?,
            Time(team.created_at),
            Time(team.updated_at),
            team.version
        )
        .execute(self.connection())
        .await
        .map_err(|error| self.fail(error))?;
        Ok(())
    }

    async fn update(&mut self, team: &Team) -> Result<()> {
        let updated = sqlx::query!(
            "UPDATE teams SET name = $1, description = $2, updated_at = $3, version = version + 1
             WHERE id = $4 AND version = $5",
            team.name.as_str(),
            storable("teams.description", &team.description)?,
            Time(team.updated_at),
            team.id.0,
            team.version
        );
        let updated = updated.execute(self.connection()).await.map_err(|error| self.fail(error))?;
        if updated.rows_affected() == 0 { Err(StorageError::Stale("teams")) } else { Ok(()) }
    }

    async fn remove(&mut self, id: TeamId) -> Result<bool> {
        let removed = sqlx::query!("DELETE FROM teams WHERE id = $1", id.0);
        let removed = removed.execute(self.connection()).await.map_err(|error| self.fail(error))?;
        Ok(removed.rows_affected() > 0)
    }

    async fn members(&mut self, team: TeamId) -> Result<Vec<Subject>> {
        let members =
            sqlx::query_scalar!("SELECT subject FROM team_members WHERE team_id = $1 ORDER BY subject", team.0);
        let members = members.fetch_all(self.connection()).await.map_err(|error| self.fail(error))?;
        members.iter().map(|text| subject("team_members", text)).collect()
    }

    async fn of(&mut self, subject: Subject) -> Result<Vec<TeamId>> {
        let teams = sqlx::query_scalar!(
            r#"SELECT team_id AS "team_id!: Uuid" FROM team_members WHERE subject = $1 ORDER BY team_id"#,
            subject_text(subject)
        );
        let teams = teams.fetch_all(self.connection()).await.map_err(|error| self.fail(error))?;
        Ok(teams.into_iter().map(TeamId).collect())
    }

    async fn add_member(&mut self, team: TeamId, subject: Subject, at: Timestamp) -> Result<bool> {
        let References { user, key, .. } = subject.into();
        if user.is_none() && key.is_none() {
            return Err(StorageError::Missing("team_members.subject"));
        }
        let added = sqlx::query!(
            "INSERT INTO team_members (team_id, subject, user_id, key_id, created_at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (team_id, subject) DO NOTHING",
            team.0,
            subject_text(subject),
            user,
            key,
            Time(at)
        );
        let added = added.execute(self.connection()).await;
        let added = added.map_err(|error| self.fail_reference(error, "team_members.subject"))?;
        Ok(added.rows_affected() > 0)
    }

    async fn remove_member(&mut self, team: TeamId, subject: Subject) -> Result<bool> {
        let removed =
            sqlx::query!("DELETE FROM team_members WHERE team_id = $1 AND subject = $2", team.0, subject_text(subject));
        let removed = removed.execute(self.connection()).await.map_err(|error| self.fail(error))?;
        Ok(removed.rows_affected() > 0)
    }
}

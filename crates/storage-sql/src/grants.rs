//! Grants.

use async_trait::async_trait;
use puente_domain::{
    GrantId, Role, ServerId, Subject, TeamId,
    server::{Grant, Grantee},
};
use puente_storage::{GrantRepository, Page, Result, Slice, StorageError};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{
    SqlTransaction, Time, page,
    subject::{References, grantee, grantee_text},
};

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    server_id: Uuid,
    grantee: String,
    created_at: Time,
}

impl TryFrom<Row> for Grant {
    type Error = StorageError;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: GrantId(row.id),
            server: ServerId(row.server_id),
            grantee: grantee("grants", &row.grantee)?,
            created_at: row.created_at.0,
        })
    }
}

macro_rules! select {
    ($tail:tt, $($argument:expr),*) => {
        sqlx::query_as!(
            Row,
            r#"SELECT id AS "id!: Uuid", server_id AS "server_id!: Uuid", grantee, created_at AS "created_at!: Time"
               FROM grants "# + $tail,
            $($argument),*
        )
    };
}

#[async_trait]
impl GrantRepository for SqlTransaction {
    async fn list(&mut self, server: Option<ServerId>, page: &Page) -> Result<Slice<Grant>> {
        let (after, limit) = (page::after_id(page)?, page::limit(page));
        let rows = match server {
            Some(server) => {
                select!("WHERE server_id = $1 AND id > $2 ORDER BY id LIMIT $3", server.0, after, limit)
                    .fetch_all(self.connection())
                    .await
            }
            None => select!("WHERE id > $1 ORDER BY id LIMIT $2", after, limit).fetch_all(self.connection()).await,
        };
        page::slice(rows.map_err(|error| self.fail(error))?, page, |grant: &Grant| grant.id.to_string())
    }

    async fn get(&mut self, id: GrantId) -> Result<Option<Grant>> {
        let row = select!("WHERE id = $1", id.0).fetch_optional(self.connection()).await;
        row.map_err(|error| self.fail(error))?.map(Grant::try_from).transpose()
    }

    async fn of(&mut self, subject: Subject, teams: &[TeamId], role: Role) -> Result<Vec<Grant>> {
        let roles = Role::ALL.into_iter().filter(|needed| *needed <= role).map(Grantee::Role);
        let teams = teams.iter().copied().map(Grantee::Team);
        let mut query = QueryBuilder::new("SELECT id, server_id, grantee, created_at FROM grants WHERE grantee IN (");
        let mut list = query.separated(", ");
        for grantee in std::iter::once(Grantee::Subject(subject)).chain(roles).chain(teams) {
            list.push_bind(grantee_text(grantee));
        }
        query.push(") ORDER BY id");
        let rows: Vec<Row> =
            query.build_query_as().fetch_all(self.connection()).await.map_err(|error| self.fail(error))?;
        rows.into_iter().map(Grant::try_from).collect()
    }

    async fn add(&mut self, grant: &Grant) -> Result<Grant> {
        let References { user, key, team } = grant.grantee.into();
        let grantee = grantee_text(grant.grantee);
        sqlx::query!(
            "INSERT INTO grants (id, server_id, grantee, user_id, key_id, team_id, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (server_id, grantee) DO NOTHING",
            grant.id.0,
            grant.server.0,
            grantee,
            user,
            key,
            team,
            Time(grant.created_at)
        )
        .execute(self.connection())
        .await
        .map_err(|error| self.fail_reference(error, "grants.server or grants.grantee"))?;
        let row = select!("WHERE server_id = $1 AND grantee = $2", grant.server.0, grantee);
        row.fetch_one(self.connection()).await.map_err(|error| self.fail(error))?.try_into()
    }

    async fn remove(&mut self, id: GrantId) -> Result<bool> {
        let removed = sqlx::query!("DELETE FROM grants WHERE id = $1", id.0);
        let removed = removed.execute(self.connection()).await.map_err(|error| self.fail(error))?;
        Ok(removed.rows_affected() > 0)
    }

    async fn revoke(&mut self, server: ServerId, grantee: Grantee) -> Result<bool> {
        let revoked =
            sqlx::query!("DELETE FROM grants WHERE server_id = $1 AND grantee = $2", server.0, grantee_text(grantee));
        let revoked = revoked.execute(self.connection()).await.map_err(|error| self.fail(error))?;
        Ok(revoked.rows_affected() > 0)
    }
}

//! Users.

use async_trait::async_trait;
use puente_domain::{Subject, Timestamp, UserId, user::User};
use puente_storage::{Page, Result, Slice, StorageError, UserRepository};
use uuid::Uuid;

use super::{
    SqlTransaction, Time, column, page,
    text::{lower, pattern, searchable, storable, storable_opt},
    time::moment,
};

struct Row {
    id: Uuid,
    email: String,
    display_name: String,
    role: String,
    password_hash: Option<String>,
    disabled_at: Option<Time>,
    failed_logins: i64,
    locked_until: Option<Time>,
    created_at: Time,
    updated_at: Time,
    version: i64,
}

impl TryFrom<Row> for User {
    type Error = StorageError;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: UserId(row.id),
            email: row.email,
            display_name: row.display_name,
            role: column::parse("users", &row.role)?,
            password_hash: row.password_hash,
            disabled_at: moment(row.disabled_at),
            failed_logins: u32::try_from(row.failed_logins).map_err(|error| column::inconsistent("users", &error))?,
            locked_until: moment(row.locked_until),
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
            r#"SELECT id AS "id!: Uuid", email, display_name, role, password_hash,
                      disabled_at AS "disabled_at?: Time", failed_logins AS "failed_logins!: i64",
                      locked_until AS "locked_until?: Time", created_at AS "created_at!: Time",
                      updated_at AS "updated_at!: Time", version AS "version!: i64"
               FROM users "# + $tail,
            $($argument),*
        )
    };
}

#[async_trait]
impl UserRepository for SqlTransaction {
    async fn get(&mut self, id: UserId) -> Result<Option<User>> {
        let row = select!("WHERE id = $1", id.0).fetch_optional(self.connection()).await;
        row.map_err(|error| self.fail(error))?.map(User::try_from).transpose()
    }

    async fn find(&mut self, email: &str) -> Result<Option<User>> {
        let email = lower(storable("users.email", email)?);
        let row = select!("WHERE email = $1", email).fetch_optional(self.connection()).await;
        row.map_err(|error| self.fail(error))?.map(User::try_from).transpose()
    }

    async fn list(&mut self, search: Option<&str>, page: &Page) -> Result<Slice<User>> {
        let rows = select!(
            r"WHERE search LIKE $1 ESCAPE '\' AND email > $2 ORDER BY email LIMIT $3",
            pattern(search)?,
            page::after_name(page)?,
            page::limit(page)
        );
        let rows = rows.fetch_all(self.connection()).await.map_err(|error| self.fail(error))?;
        page::slice(rows, page, |user: &User| user.email.clone())
    }

    async fn count(&mut self) -> Result<u64> {
        let count = sqlx::query_scalar!(r#"SELECT COUNT(*) AS "count!: i64" FROM users"#);
        count.fetch_one(self.connection()).await.map(i64::unsigned_abs).map_err(|error| self.fail(error))
    }

    async fn add(&mut self, user: &User) -> Result<()> {
        sqlx::query!(
            "INSERT INTO users (id, email, display_name, role, password_hash, disabled_at, failed_logins, locked_until,
                                search, created_at, updated_at, version)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
            user.id.0,
            lower(storable("users.email", &user.email)?),
            storable("users.display_name", &user.display_name)?,
            user.role.as_str(),
            storable_opt("users.password_hash", user.password_hash.as_deref())?,
            user.disabled_at.map(Time),
            i64::from(user.failed_logins),
            user.locked_until.map(Time),
            searchable(&[&user.email, &user.display_name]),
            Time(user.created_at),
            Time(user.updated_at),
            user.version
        )
        .execute(self.connection())
        .await
        .map_err(|error| self.fail(error))?;
        Ok(())
    }

    async fn update(&mut self, user: &User) -> Result<()> {
        let updated = sqlx::query!(
            "UPDATE users SET email = $1, display_name = $2, role = $3, password_hash = $4, disabled_at = $5,
                              failed_logins = $6, locked_until = $7, search = $8, updated_at = $9, version = version + 1
             WHERE id = $10 AND version = $11",
            lower(storable("users.email", &user.email)?),
            storable("users.display_name", &user.display_name)?,
            user.role.as_str(),
            storable_opt("users.password_hash", user.password_hash.as_deref())?,
            user.disabled_at.map(Time),
            i64::from(user.failed_logins),
            user.locked_until.map(Time),
            searchable(&[&user.email, &user.display_name]),
            Time(user.updated_at),
            user.id.0,
            user.version
        );
        let updated = updated.execute(self.connection()).await.map_err(|error| self.fail(error))?;
        if updated.rows_affected() == 0 { Err(StorageError::Stale("users")) } else { Ok(()) }
    }

    async fn set_login_failures(&mut self, id: UserId, failures: u32, locked_until: Option<Timestamp>) -> Result<()> {
        sqlx::query!(
            "UPDATE users SET failed_logins = $1, locked_until = $2 WHERE id = $3",
            i64::from(failures),
            locked_until.map(Time),
            id.0
        )
        .execute(self.connection())
        .await
        .map_err(|error| self.fail(error))?;
        Ok(())
    }

    async fn remove(&mut self, id: UserId) -> Result<bool> {
        let keys = sqlx::query_scalar!(r#"SELECT id AS "id!: Uuid" FROM api_keys WHERE owner = $1"#, id.0);
        for key in keys.fetch_all(self.connection()).await.map_err(|error| self.fail(error))? {
            self.forget(Subject::Key(puente_domain::KeyId(key))).await?;
        }
        self.forget(Subject::User(id)).await?;
        let removed = sqlx::query!("DELETE FROM users WHERE id = $1", id.0);
        let removed = removed.execute(self.connection()).await.map_err(|error| self.fail(error))?;
        Ok(removed.rows_affected() > 0)
    }
}

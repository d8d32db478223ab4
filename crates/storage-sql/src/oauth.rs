//! OAuth clients, codes and connections.

use async_trait::async_trait;
use puente_domain::{
    FamilyId, Timestamp, UserId,
    oauth::{AuthorizationCode, Connection, OAuthClient},
};
use puente_storage::{OAuthRepository, Page, Result, Slice};
use uuid::Uuid;

use super::{
    SqlTransaction, Time, column,
    oauth_row::{CLIENTS, CODES, CONNECTIONS, ClientRow, CodeRow, ConnectionRow},
    page,
    text::{storable, storable_opt},
};

const REFERENCE: &str = "oauth.reference";

macro_rules! clients {
    ($tail:tt $(, $argument:expr)*) => {
        sqlx::query_as!(
            ClientRow,
            r#"SELECT id, kind, name, redirect_uris, uri, disabled_at AS "disabled_at?: Time",
                      expires_at AS "expires_at!: Time", last_used_at AS "last_used_at?: Time",
                      created_at AS "created_at!: Time"
               FROM oauth_clients "# + $tail
            $(, $argument)*
        )
    };
}

macro_rules! connections {
    ($tail:tt $(, $argument:expr)*) => {
        sqlx::query_as!(
            ConnectionRow,
            r#"SELECT family AS "family!: Uuid", client_id, user_id AS "user_id!: Uuid", server, scopes,
                      created_at AS "created_at!: Time", last_used_at AS "last_used_at!: Time"
               FROM oauth_connections "# + $tail
            $(, $argument)*
        )
    };
}

#[async_trait]
impl OAuthRepository for SqlTransaction {
    async fn client(&mut self, id: &str) -> Result<Option<OAuthClient>> {
        let row = clients!("WHERE id = $1", storable("oauth_clients.id", id)?);
        let row = row.fetch_optional(self.connection()).await.map_err(|error| self.fail(error))?;
        row.map(OAuthClient::try_from).transpose()
    }

    async fn clients(&mut self, page: &Page) -> Result<Slice<OAuthClient>> {
        let rows = clients!("WHERE id > $1 ORDER BY id LIMIT $2", page::after_name(page)?, page::limit(page));
        let rows = rows.fetch_all(self.connection()).await.map_err(|error| self.fail(error))?;
        page::slice(rows, page, |client: &OAuthClient| client.id.clone())
    }

    async fn count_clients(&mut self) -> Result<u64> {
        let count = sqlx::query_scalar!(r#"SELECT COUNT(*) AS "count!: i64" FROM oauth_clients"#);
        let count = count.fetch_one(self.connection()).await.map_err(|error| self.fail(error))?;
        Ok(count.unsigned_abs())
    }

    async fn put_client(&mut self, client: &OAuthClient) -> Result<()> {
        sqlx::query!(
            "INSERT INTO oauth_clients (id, kind, name, redirect_uris, uri, disabled_at, expires_at, last_used_at,
                                        created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
             ON CONFLICT (id) DO UPDATE SET name = excluded.name, redirect_uris = excluded.redirect_uris,
                                            uri = excluded.uri, expires_at = excluded.expires_at",
            storable("oauth_clients.id", &client.id)?,
            client.kind.as_str(),
            storable("oauth_clients.name", &client.name)?,
            column::to_json(CLIENTS, &client.redirect_uris)?,
            storable_opt("oauth_clients.uri", client.uri.as_deref())?,
            client.disabled_at.map(Time),
            Time(client.expires_at),
            client.last_used_at.map(Time),
            Time(client.created_at)
        )
        .execute(self.connection())
        .await
        .map_err(|error| self.fail(error))?;
        Ok(())
    }

    async fn set_client_disabled(&mut self, id: &str, at: Option<Timestamp>) -> Result<bool> {
        let id = storable("oauth_clients.id", id)?;
        let changed = sqlx::query!("UPDATE oauth_clients SET disabled_at = $1 WHERE id = $2", at.map(Time), id);
        let changed = changed.execute(self.connection()).await.map_err(|error| self.fail(error))?;
        Ok(changed.rows_affected() > 0)
    }

    async fn touch_client(&mut self, id: &str, at: Timestamp, expires_at: Timestamp) -> Result<()> {
        sqlx::query!(
            "UPDATE oauth_clients
             SET last_used_at = $1, expires_at = CASE WHEN kind = 'registered' THEN $2 ELSE expires_at END
             WHERE id = $3",
            Time(at),
            Time(expires_at),
            storable("oauth_clients.id", id)?
        )
        .execute(self.connection())
        .await
        .map_err(|error| self.fail(error))?;
        Ok(())
    }

    async fn remove_client(&mut self, id: &str) -> Result<bool> {
        let removed = sqlx::query!("DELETE FROM oauth_clients WHERE id = $1", storable("oauth_clients.id", id)?);
        let removed = removed.execute(self.connection()).await.map_err(|error| self.fail(error))?;
        Ok(removed.rows_affected() > 0)
    }

    async fn add_code(&mut self, code: &AuthorizationCode) -> Result<()> {
        sqlx::query!(
            "INSERT INTO oauth_codes (hash, client_id, user_id, server, scopes, redirect_uri, challenge, family,
                                      expires_at, used_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            &code.hash[..],
            storable("oauth_codes.client", &code.client)?,
            code.user.0,
            storable("oauth_codes.server", &code.server)?,
            column::to_json(CODES, &code.scopes)?,
            storable("oauth_codes.redirect_uri", &code.redirect_uri)?,
            storable("oauth_codes.challenge", &code.challenge)?,
            code.family.0,
            Time(code.expires_at),
            code.used_at.map(Time)
        )
        .execute(self.connection())
        .await
        .map_err(|error| self.fail_reference(error, REFERENCE))?;
        Ok(())
    }

    async fn code(&mut self, hash: &[u8; 32]) -> Result<Option<AuthorizationCode>> {
        let row = sqlx::query_as!(
            CodeRow,
            r#"SELECT hash AS "hash!: Vec<u8>", client_id, user_id AS "user_id!: Uuid", server, scopes, redirect_uri,
                      challenge, family AS "family!: Uuid", expires_at AS "expires_at!: Time",
                      used_at AS "used_at?: Time"
               FROM oauth_codes WHERE hash = $1"#,
            &hash[..]
        );
        let row = row.fetch_optional(self.connection()).await.map_err(|error| self.fail(error))?;
        row.map(AuthorizationCode::try_from).transpose()
    }

    async fn use_code(&mut self, hash: &[u8; 32], at: Timestamp) -> Result<bool> {
        let used = sqlx::query!(
            "UPDATE oauth_codes SET used_at = $1 WHERE hash = $2 AND used_at IS NULL",
            Time(at),
            &hash[..]
        );
        let used = used.execute(self.connection()).await.map_err(|error| self.fail(error))?;
        Ok(used.rows_affected() > 0)
    }

    async fn connect(&mut self, connection: &Connection) -> Result<()> {
        sqlx::query!(
            "INSERT INTO oauth_connections (family, client_id, user_id, server, scopes, created_at, last_used_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            connection.family.0,
            storable("oauth_connections.client", &connection.client)?,
            connection.user.0,
            storable("oauth_connections.server", &connection.server)?,
            column::to_json(CONNECTIONS, &connection.scopes)?,
            Time(connection.created_at),
            Time(connection.last_used_at)
        )
        .execute(self.connection())
        .await
        .map_err(|error| self.fail_reference(error, REFERENCE))?;
        Ok(())
    }

    async fn connection(&mut self, family: FamilyId) -> Result<Option<Connection>> {
        let row = connections!("WHERE family = $1", family.0).fetch_optional(self.connection()).await;
        row.map_err(|error| self.fail(error))?.map(Connection::try_from).transpose()
    }

    async fn connections(&mut self, user: UserId) -> Result<Vec<Connection>> {
        let rows = connections!("WHERE user_id = $1 ORDER BY family DESC", user.0).fetch_all(self.connection()).await;
        rows.map_err(|error| self.fail(error))?.into_iter().map(Connection::try_from).collect()
    }

    async fn touch_connection(&mut self, family: FamilyId, at: Timestamp) -> Result<()> {
        let touched =
            sqlx::query!("UPDATE oauth_connections SET last_used_at = $1 WHERE family = $2", Time(at), family.0);
        touched.execute(self.connection()).await.map_err(|error| self.fail(error))?;
        Ok(())
    }

    async fn disconnect(&mut self, family: FamilyId) -> Result<bool> {
        let removed = sqlx::query!("DELETE FROM oauth_connections WHERE family = $1", family.0);
        let removed = removed.execute(self.connection()).await.map_err(|error| self.fail(error))?;
        Ok(removed.rows_affected() > 0)
    }

    async fn prune(&mut self, now: Timestamp, idle_since: Timestamp) -> Result<u64> {
        let codes = sqlx::query!("DELETE FROM oauth_codes WHERE expires_at < $1", Time(now));
        let codes = codes.execute(self.connection()).await.map_err(|error| self.fail(error))?;
        let idle = sqlx::query!("DELETE FROM oauth_connections WHERE last_used_at < $1", Time(idle_since));
        let idle = idle.execute(self.connection()).await.map_err(|error| self.fail(error))?;
        // A disabled client stays, or it would be free to come back.
        let clients = sqlx::query!(
            "DELETE FROM oauth_clients
             WHERE expires_at < $1 AND disabled_at IS NULL
               AND NOT EXISTS (SELECT 1 FROM oauth_connections WHERE oauth_connections.client_id = oauth_clients.id)",
            Time(now)
        );
        let clients = clients.execute(self.connection()).await.map_err(|error| self.fail(error))?;
        Ok(codes.rows_affected() + idle.rows_affected() + clients.rows_affected())
    }
}

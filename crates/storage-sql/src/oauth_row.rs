//! What OAuth keeps, as it is read.

use puente_domain::{
    FamilyId, UserId,
    oauth::{AuthorizationCode, ClientKind, Connection, OAuthClient},
};
use puente_storage::{Result, StorageError};
use uuid::Uuid;

use super::{Time, column, time::moment};

pub(crate) const CLIENTS: &str = "oauth_clients";
pub(crate) const CODES: &str = "oauth_codes";
pub(crate) const CONNECTIONS: &str = "oauth_connections";

/// A row of `oauth_clients`.
pub(crate) struct ClientRow {
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) name: String,
    pub(crate) redirect_uris: String,
    pub(crate) uri: Option<String>,
    pub(crate) disabled_at: Option<Time>,
    pub(crate) expires_at: Time,
    pub(crate) last_used_at: Option<Time>,
    pub(crate) created_at: Time,
}

impl TryFrom<ClientRow> for OAuthClient {
    type Error = StorageError;

    fn try_from(row: ClientRow) -> Result<Self> {
        let kind = ClientKind::ALL.into_iter().find(|kind| kind.as_str() == row.kind);
        Ok(Self {
            id: row.id,
            kind: kind.ok_or_else(|| column::inconsistent(CLIENTS, &format_args!("'{}' is no kind", row.kind)))?,
            name: row.name,
            redirect_uris: column::from_json(CLIENTS, &row.redirect_uris)?,
            uri: row.uri,
            disabled_at: moment(row.disabled_at),
            expires_at: row.expires_at.0,
            last_used_at: moment(row.last_used_at),
            created_at: row.created_at.0,
        })
    }
}

/// A row of `oauth_codes`.
pub(crate) struct CodeRow {
    pub(crate) hash: Vec<u8>,
    pub(crate) client_id: String,
    pub(crate) user_id: Uuid,
    pub(crate) server: String,
    pub(crate) scopes: String,
    pub(crate) redirect_uri: String,
    pub(crate) challenge: String,
    pub(crate) family: Uuid,
    pub(crate) expires_at: Time,
    pub(crate) used_at: Option<Time>,
}

impl TryFrom<CodeRow> for AuthorizationCode {
    type Error = StorageError;

    fn try_from(row: CodeRow) -> Result<Self> {
        Ok(Self {
            hash: column::hash(CODES, &row.hash)?,
            client: row.client_id,
            user: UserId(row.user_id),
            server: row.server,
            scopes: column::from_json(CODES, &row.scopes)?,
            redirect_uri: row.redirect_uri,
            challenge: row.challenge,
            family: FamilyId(row.family),
            expires_at: row.expires_at.0,
            used_at: moment(row.used_at),
        })
    }
}

/// A row of `oauth_connections`.
pub(crate) struct ConnectionRow {
    pub(crate) family: Uuid,
    pub(crate) client_id: String,
    pub(crate) user_id: Uuid,
    pub(crate) server: String,
    pub(crate) scopes: String,
    pub(crate) created_at: Time,
    pub(crate) last_used_at: Time,
}

impl TryFrom<ConnectionRow> for Connection {
    type Error = StorageError;

    fn try_from(row: ConnectionRow) -> Result<Self> {
        Ok(Self {
            family: FamilyId(row.family),
            client: row.client_id,
            user: UserId(row.user_id),
            server: row.server,
            scopes: column::from_json(CONNECTIONS, &row.scopes)?,
            created_at: row.created_at.0,
            last_used_at: row.last_used_at.0,
        })
    }
}

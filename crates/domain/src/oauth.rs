//! Sign-in for programs (OAuth 2.1) and for browsers: clients, codes, connections, web sessions.

use serde::{Deserialize, Serialize};

use crate::{FamilyId, Timestamp, UserId, key::Scope};

/// How a client became known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ClientKind {
    /// It registered itself (RFC 7591); its id is ours.
    Registered,
    /// Its id is the address of its metadata document (draft-ietf-oauth-client-id-metadata-document).
    Document,
}

impl ClientKind {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::Registered, Self::Document];

    /// The kind as it is written in the database and the REST API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::Document => "document",
        }
    }
}

/// A program that people let act for them. All clients are public: they prove themselves by PKCE, not by a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OAuthClient {
    /// The `client_id`.
    pub id: String,
    /// How it became known.
    pub kind: ClientKind,
    /// What it calls itself; nobody has checked that.
    pub name: String,
    /// Where answers may go, compared character by character (ports of loopback addresses excepted).
    pub redirect_uris: Vec<String>,
    /// Its home page, if it names one.
    pub uri: Option<String>,
    /// A disabled client is refused, with all its tokens.
    pub disabled_at: Option<Timestamp>,
    /// A registration is deleted then; a document is read again then.
    pub expires_at: Timestamp,
    /// Kept at each exchange.
    pub last_used_at: Option<Timestamp>,
    /// When it became known.
    pub created_at: Timestamp,
}

/// An authorization code (RFC 6749, section 4.1.2) as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorizationCode {
    /// SHA-256 of the code.
    pub hash: [u8; 32],
    /// To which client it was given.
    pub client: String,
    /// Who consented.
    pub user: UserId,
    /// For which virtual server (RFC 8707), by name.
    pub server: String,
    /// What was consented to.
    pub scopes: Vec<Scope>,
    /// Where it was sent; must be repeated.
    pub redirect_uri: String,
    /// The PKCE challenge, S256 (RFC 7636).
    pub challenge: String,
    /// The family that its tokens belong to; revoked when the code is used twice.
    pub family: FamilyId,
    /// From when on it is refused.
    pub expires_at: Timestamp,
    /// When it was exchanged.
    pub used_at: Option<Timestamp>,
}

/// A client that a person has connected to a virtual server; its tokens are one family.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// The family of its tokens.
    pub family: FamilyId,
    /// The client.
    pub client: String,
    /// For whom it acts.
    pub user: UserId,
    /// On which virtual server, by name.
    pub server: String,
    /// What it may do there.
    pub scopes: Vec<Scope>,
    /// When the person consented.
    pub created_at: Timestamp,
    /// Its last exchange.
    pub last_used_at: Timestamp,
}

/// A person's browser, signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WebSession {
    /// SHA-256 of the cookie.
    pub hash: [u8; 32],
    /// Who it is.
    pub user: UserId,
    /// From when on it is refused.
    pub expires_at: Timestamp,
    /// When the person signed in.
    pub created_at: Timestamp,
}

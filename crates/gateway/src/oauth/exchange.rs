//! The token endpoint: a code, or a refresh token, for tokens.

use std::time::Duration;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use puente_auth::{Bound, NewSecret, sha256};
use puente_domain::{
    FamilyId, Timestamp, UserId,
    audit::Outcome,
    key::Scope,
    oauth::{AuthorizationCode, Connection},
    user::RefreshToken,
};
use puente_storage::{Transaction, Versioned};
use secrecy::SecretString;
use url::Url;

use super::{Code, OAuthError, REFRESH_PREFIX, end_of_use, redirect, resource, scopes};
use crate::{Actor, Gateway, identity::principal};

const ACTION: &str = "oauth/token";

/// What a client gets (RFC 6749, section 5.1).
#[derive(Debug)]
pub struct Issued {
    /// For `Authorization: Bearer`, on one virtual server.
    pub access_token: SecretString,
    /// Good for one exchange.
    pub refresh_token: SecretString,
    /// How long the access token is valid.
    pub expires_in: Duration,
    /// What it may do.
    pub scope: String,
}

/// What a client sends with a code.
#[derive(Clone, Debug)]
pub struct CodeExchange<'a> {
    /// `client_id`.
    pub client: &'a str,
    /// `code`.
    pub code: &'a str,
    /// `code_verifier`.
    pub verifier: &'a str,
    /// `redirect_uri`; clients of OAuth 2.1 need not repeat it.
    pub redirect_uri: Option<&'a str>,
    /// `resource`.
    pub resource: Option<&'a str>,
}

/// What a client sends with a refresh token.
#[derive(Clone, Debug)]
pub struct Refresh<'a> {
    /// `client_id`.
    pub client: &'a str,
    /// `refresh_token`.
    pub token: &'a str,
    /// `scope`, to get less.
    pub scope: Option<&'a str>,
    /// `resource`.
    pub resource: Option<&'a str>,
}

impl Gateway {
    /// Exchanges a code. One that is exchanged twice was stolen: every token that it gave ends.
    ///
    /// # Errors
    /// [`OAuthError`].
    pub async fn exchange_code(
        &self,
        visitor: &Actor,
        exchange: CodeExchange<'_>,
        base: &Url,
    ) -> Result<Issued, OAuthError> {
        self.oauth_client(exchange.client).await?;
        let (hash, now) = (sha256(exchange.code), self.clock.now());
        let mut transaction = self.storage.write().await?;
        let code = transaction.oauth().code(&hash).await?;
        let code = code.filter(|code| code.client == exchange.client);
        let code = code.ok_or_else(|| OAuthError::grant("the code is not known, or not this client's"))?;
        if code.used_at.is_some() {
            return self.stolen(visitor, transaction, (code.family, code.user), "an authorization code").await;
        }
        check_code(&code, &exchange, base, now)?;
        if !transaction.oauth().use_code(&hash, now).await? {
            return self.stolen(visitor, transaction, (code.family, code.user), "an authorization code").await;
        }
        let connection = Connection {
            family: code.family,
            client: code.client,
            user: code.user,
            server: code.server,
            scopes: code.scopes,
            created_at: now,
            last_used_at: now,
        };
        transaction.oauth().connect(&connection).await?;
        self.issue(visitor, transaction, &connection, None).await
    }

    /// Exchanges a refresh token; it is good for one exchange (RFC 9700, section 4.14.2). One that is exchanged twice was
    /// stolen.
    ///
    /// # Errors
    /// [`OAuthError`].
    pub async fn exchange_refresh(
        &self,
        visitor: &Actor,
        refresh: Refresh<'_>,
        base: &Url,
    ) -> Result<Issued, OAuthError> {
        let unknown = || OAuthError::grant("the refresh token is not known, or not this client's; sign in again");
        self.oauth_client(refresh.client).await?;
        if !refresh.token.starts_with(REFRESH_PREFIX) {
            return Err(unknown());
        }
        let (hash, now) = (sha256(refresh.token), self.clock.now());
        let mut transaction = self.storage.write().await?;
        let row = transaction.refresh_tokens().find(&hash).await?.ok_or_else(unknown)?;
        let connection = transaction.oauth().connection(row.family).await?;
        let connection = connection.filter(|found| found.client == refresh.client).ok_or_else(unknown)?;
        if row.revoked_at.is_some() || row.expires_at <= now {
            return Err(OAuthError::grant("the refresh token has ended; sign in again"));
        }
        let scope = narrower(&connection, refresh.scope)?;
        if refresh.resource.is_some() && resource::server(refresh.resource, base)?.as_str() != connection.server {
            return Err(OAuthError::new(Code::InvalidTarget, "the refresh token is for another resource"));
        }
        if row.used_at.is_some() || !transaction.refresh_tokens().mark_used(&hash, now).await? {
            return self.stolen(visitor, transaction, (row.family, row.user), "a refresh token").await;
        }
        self.issue(visitor, transaction, &connection, scope).await
    }

    /// The next tokens of a connection.
    async fn issue(
        &self,
        visitor: &Actor,
        mut transaction: Box<dyn Transaction>,
        connection: &Connection,
        narrower: Option<Scope>,
    ) -> Result<Issued, OAuthError> {
        let now = self.clock.now();
        let principal = principal::of_user(transaction.as_mut(), connection.user).await?;
        let fresh = NewSecret::generate(REFRESH_PREFIX);
        transaction.refresh_tokens().add(&self.refresh_row(connection, fresh.hash, now)).await?;
        transaction.oauth().touch_connection(connection.family, now).await?;
        transaction.oauth().touch_client(&connection.client, now, end_of_use(now)).await?;
        let actor = Actor { principal: principal.into(), ..visitor.clone() };
        let mut event = self.event(&actor, ACTION, &connection.client, Outcome::Ok, None);
        event.server = Some(connection.server.clone());
        self.chain.add(transaction.as_mut(), &[event]).await?;
        transaction.save().await?;
        let scope = narrower.map_or_else(|| scopes::text(&connection.scopes), |scope| scope.to_string());
        let audience = resource::audience(&connection.server);
        let bound = Bound { audience: &audience, client: &connection.client, scope: &scope };
        let expires_in = self.settings.access_token_ttl;
        let access = self.tokens.issue_bound(connection.user, connection.family, bound, now, expires_in);
        Ok(Issued { access_token: access.into(), refresh_token: fresh.text, expires_in, scope })
    }

    fn refresh_row(&self, connection: &Connection, hash: [u8; 32], now: Timestamp) -> RefreshToken {
        RefreshToken {
            hash,
            family: connection.family,
            user: connection.user,
            expires_at: now + self.settings.refresh_token_ttl,
            used_at: None,
            revoked_at: None,
            created_at: now,
        }
    }

    /// Somebody else has it, too: everything that came of it ends.
    async fn stolen(
        &self,
        visitor: &Actor,
        mut transaction: Box<dyn Transaction>,
        (family, user): (FamilyId, UserId),
        what: &str,
    ) -> Result<Issued, OAuthError> {
        transaction.versions().bump(Versioned::Rights).await?;
        transaction.refresh_tokens().revoke_family(family, self.clock.now()).await?;
        transaction.oauth().disconnect(family).await?;
        let detail = format!("{what} was used twice; its tokens have ended");
        let event = self.event(visitor, ACTION, &user.to_string(), Outcome::Refused, Some(detail));
        self.chain.add(transaction.as_mut(), &[event]).await?;
        transaction.save().await?;
        self.identity.forget();
        self.changed(Versioned::Rights).await;
        Err(OAuthError::grant("it was used before; sign in again"))
    }
}

/// Everything that a code is bound to.
fn check_code(
    code: &AuthorizationCode,
    exchange: &CodeExchange<'_>,
    base: &Url,
    now: Timestamp,
) -> Result<(), OAuthError> {
    if code.expires_at <= now {
        return Err(OAuthError::grant("the code has expired"));
    }
    if exchange.redirect_uri.is_some_and(|uri| uri != code.redirect_uri && !redirect::matches(&code.redirect_uri, uri))
    {
        return Err(OAuthError::grant("`redirect_uri` is not the one that the code was sent to"));
    }
    if BASE64_URL_SAFE_NO_PAD.encode(sha256(exchange.verifier)) != code.challenge {
        return Err(OAuthError::grant("`code_verifier` does not fit"));
    }
    if exchange.resource.is_some() && resource::server(exchange.resource, base)?.as_str() != code.server {
        return Err(OAuthError::new(Code::InvalidTarget, "the code is for another resource"));
    }
    Ok(())
}

/// A client may ask for less than was consented to, never for more.
fn narrower(connection: &Connection, scope: Option<&str>) -> Result<Option<Scope>, OAuthError> {
    let Some(scope) = scope else { return Ok(None) };
    let asked = scopes::requested(Some(scope))?;
    if asked == Scope::Mcp && !connection.scopes.contains(&Scope::Mcp) {
        return Err(OAuthError::new(Code::InvalidScope, "this needs another consent: authorize again"));
    }
    Ok(Some(asked))
}

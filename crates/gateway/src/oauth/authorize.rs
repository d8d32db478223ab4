//! From a client's request, by a person's consent, to a code (RFC 6749, section 4.1; RFC 7636; RFC 9207).

use std::time::Duration;

use puente_auth::NewSecret;
use puente_domain::{
    FamilyId, Name, Subject, Timestamp, UserId,
    audit::Outcome,
    key::Scope,
    oauth::{AuthorizationCode, OAuthClient},
};
use puente_mcp::handler::Sealer;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use url::Url;

use super::{Code, OAuthError, redirect, resource, scopes};
use crate::{Actor, Error, Gateway, VaultSealer};

/// How long a code is good for.
const CODE: Duration = Duration::from_mins(1);
/// How long a person may look at the consent page.
const PATIENCE: Duration = Duration::from_mins(15);
/// The longest `state` that is carried.
const LONGEST_STATE: usize = 2048;

/// The parameters of an authorization request, as they came.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// `response_type`.
    pub response_type: Option<String>,
    /// `client_id`.
    pub client_id: Option<String>,
    /// `redirect_uri`.
    pub redirect_uri: Option<String>,
    /// `scope`.
    pub scope: Option<String>,
    /// `state`.
    pub state: Option<String>,
    /// `resource` (RFC 8707).
    pub resource: Option<String>,
    /// `code_challenge`.
    pub code_challenge: Option<String>,
    /// `code_challenge_method`.
    pub code_challenge_method: Option<String>,
}

/// A request that was checked, and waits for a person's decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authorization {
    /// Who asks.
    pub client: OAuthClient,
    /// For which virtual server.
    pub server: Name,
    /// For what.
    pub scope: Scope,
    /// Where the answer goes.
    pub redirect_uri: String,
    state: Option<String>,
    challenge: String,
}

/// What the person said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The client may do this, at most what it asked for.
    Allow(Scope),
    /// It may not.
    Deny,
}

/// An authorization request that fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuthorizeError {
    /// The person is told, and is sent nowhere: client or redirect URI are not to be trusted.
    Shown(OAuthError),
    /// The client is told, at this address.
    Redirected(String),
}

/// What the consent page carries.
#[derive(Serialize, Deserialize)]
struct Carried {
    until: i64,
    authorization: Authorization,
}

impl Gateway {
    /// Checks a request that came to the address `base`.
    ///
    /// # Errors
    /// [`AuthorizeError`].
    pub async fn check_authorization(&self, asked: Asked, base: &Url) -> Result<Authorization, AuthorizeError> {
        let id = asked.client_id.as_deref().ok_or_else(|| missing("client_id"))?;
        let client = self.client_of_request(id).await.map_err(AuthorizeError::Shown)?;
        let redirect_uri = redirect_of(&client, asked.redirect_uri.as_deref()).map_err(AuthorizeError::Shown)?;
        let state = asked.state.clone().filter(|state| state.len() <= LONGEST_STATE);
        let back = Back { to: &redirect_uri, state: state.as_deref(), base };
        let (server, scope, challenge) =
            parts(&asked, base).map_err(|error| AuthorizeError::Redirected(back.failure(&error)))?;
        Ok(Authorization { client, server, scope, redirect_uri, state, challenge })
    }

    /// What the consent page carries to its answer: sealed, for this person, for a while.
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "an authorization always serialises")]
    pub fn seal_authorization(&self, actor: &Actor, authorization: &Authorization) -> String {
        let until = (self.clock.now() + PATIENCE).as_micros();
        let carried = Carried { until, authorization: authorization.clone() };
        let plain = serde_json::to_vec(&carried).expect("an authorization is JSON");
        VaultSealer(self.vault.clone()).seal(&context(actor), &plain)
    }

    /// The other way round; `None` for what was not sealed for this person, or too long ago.
    #[must_use]
    pub fn open_authorization(&self, actor: &Actor, sealed: &str) -> Option<Authorization> {
        let plain = VaultSealer(self.vault.clone()).open(&context(actor), sealed)?;
        let carried: Carried = serde_json::from_slice(&plain).ok()?;
        (Timestamp::from_micros(carried.until) > self.clock.now()).then_some(carried.authorization)
    }

    /// Carries out what the person in `actor` decided; returns where to send the browser.
    ///
    /// # Errors
    /// The database cannot be written.
    pub async fn decide_authorization(
        &self,
        actor: &Actor,
        authorization: &Authorization,
        decision: Decision,
        base: &Url,
    ) -> Result<String, Error> {
        let back = Back { to: &authorization.redirect_uri, state: authorization.state.as_deref(), base };
        let denied = |told: &str| back.failure(&OAuthError::new(Code::AccessDenied, told));
        let Decision::Allow(scope) = decision else {
            self.record(actor, ACTION, &authorization.client.id, Outcome::Refused, Some("denied".to_owned())).await;
            return Ok(denied("the person said no"));
        };
        let user = in_person(actor)?;
        if self.enter(actor.clone(), authorization.server.as_str()).await.is_err() {
            return Ok(denied("the account may not use this virtual server"));
        }
        // A disabled client learns it at once, not at the token endpoint.
        if let Err(error) = self.oauth_client(&authorization.client.id).await {
            return Ok(back.failure(&error));
        }
        let scope = if authorization.scope == Scope::McpRead { Scope::McpRead } else { scope };
        let code = self.give_code(actor, user, authorization, scope).await?;
        Ok(back.success(&code))
    }

    async fn give_code(
        &self,
        actor: &Actor,
        user: UserId,
        authorization: &Authorization,
        scope: Scope,
    ) -> Result<String, Error> {
        let fresh = NewSecret::generate("ac_");
        let code = AuthorizationCode {
            hash: fresh.hash,
            client: authorization.client.id.clone(),
            user,
            server: authorization.server.to_string(),
            scopes: scopes::narrowed(scope, &authorization.server),
            redirect_uri: authorization.redirect_uri.clone(),
            challenge: authorization.challenge.clone(),
            family: FamilyId::new(),
            expires_at: self.clock.now() + CODE,
            used_at: None,
        };
        let detail = format!("{}, {}", authorization.client.name, scopes::text(&code.scopes));
        let mut event = self.event(actor, ACTION, &code.client, Outcome::Ok, Some(detail));
        event.server = Some(code.server.clone());
        let mut transaction = self.storage.write().await?;
        transaction.oauth().add_code(&code).await?;
        self.chain.add(transaction.as_mut(), &[event]).await?;
        transaction.save().await?;
        Ok(fresh.text.expose_secret().to_owned())
    }
}

const ACTION: &str = "oauth/authorize";

fn context(actor: &Actor) -> String {
    format!("authorization:{:?}", actor.principal.subject)
}

/// The user who is there in person: neither a key nor a client consents.
fn in_person(actor: &Actor) -> Result<UserId, Error> {
    match actor.principal.subject {
        Subject::User(user) if actor.principal.connection.is_none() => Ok(user),
        _ => Err(crate::Refusal::Anonymous.into()),
    }
}

fn missing(parameter: &str) -> AuthorizeError {
    AuthorizeError::Shown(OAuthError::request(format!("`{parameter}` is missing")))
}

/// Where answers go: the one that is given, if the client has it; without one, the only one that it has.
fn redirect_of(client: &OAuthClient, given: Option<&str>) -> Result<String, OAuthError> {
    match (given, &client.redirect_uris[..]) {
        (Some(given), registered) if registered.iter().any(|uri| redirect::matches(uri, given)) => Ok(given.to_owned()),
        (None, [only]) => Ok(only.clone()),
        (None, _) => Err(OAuthError::request("`redirect_uri` is missing")),
        (Some(_), _) => Err(OAuthError::request("`redirect_uri` is not one that this client has registered")),
    }
}

/// What is asked for, once it is known where errors go.
fn parts(asked: &Asked, base: &Url) -> Result<(Name, Scope, String), OAuthError> {
    if asked.response_type.as_deref() != Some("code") {
        return Err(OAuthError::new(Code::UnsupportedResponseType, "`response_type` must be code"));
    }
    if asked.code_challenge_method.as_deref() != Some("S256") {
        return Err(OAuthError::request("PKCE is required, with `code_challenge_method` S256"));
    }
    let challenge = asked.code_challenge.clone().filter(|challenge| is_challenge(challenge));
    let challenge = challenge.ok_or_else(|| OAuthError::request("`code_challenge` must be a SHA-256 in base64url"))?;
    let server = resource::server(asked.resource.as_deref(), base)?;
    Ok((server, scopes::requested(asked.scope.as_deref())?, challenge))
}

/// 32 bytes in base64url without padding (RFC 7636, section 4.2).
fn is_challenge(text: &str) -> bool {
    text.len() == 43 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// The way back to the client.
struct Back<'a> {
    to: &'a str,
    state: Option<&'a str>,
    base: &'a Url,
}

impl Back<'_> {
    fn success(&self, code: &str) -> String {
        self.with(&[("code", code)])
    }

    fn failure(&self, error: &OAuthError) -> String {
        self.with(&[("error", error.code.as_str()), ("error_description", &error.description)])
    }

    /// Each answer says who gives it (RFC 9207), against mix-up.
    fn with(&self, parameters: &[(&str, &str)]) -> String {
        let Ok(mut url) = Url::parse(self.to) else { return self.to.to_owned() };
        url.query_pairs_mut()
            .extend_pairs(parameters)
            .extend_pairs(self.state.map(|state| ("state", state)))
            .append_pair("iss", issuer(self.base));
        url.into()
    }
}

/// An address as issuer: without the slash at its end.
#[must_use]
pub fn issuer(base: &Url) -> &str {
    base.as_str().trim_end_matches('/')
}

//! Signs and verifies access tokens (JWT, RFC 7519; HMAC only, RFC 7518 section 3.2).

use std::{
    collections::HashSet,
    fmt,
    str::FromStr,
    sync::{PoisonError, RwLock},
    time::Duration,
};

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use puente_domain::{FamilyId, Timestamp, UserId};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How far clocks may be apart, in seconds.
const LEEWAY: i64 = 60;
/// The shortest secret, in bytes (RFC 7518 section 3.2, for HS256).
const MIN_SECRET: usize = 32;

/// The signature of access tokens (`JWT_ALGORITHM`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum JwtAlgorithm {
    /// HMAC with SHA-256.
    #[default]
    Hs256,
    /// HMAC with SHA-384.
    Hs384,
    /// HMAC with SHA-512.
    Hs512,
}

/// A text that names no [`JwtAlgorithm`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is no algorithm for access tokens; these are HS256, HS384 and HS512")]
pub struct UnknownAlgorithm(pub String);

impl FromStr for JwtAlgorithm {
    type Err = UnknownAlgorithm;

    fn from_str(text: &str) -> Result<Self, UnknownAlgorithm> {
        match text {
            "HS256" => Ok(Self::Hs256),
            "HS384" => Ok(Self::Hs384),
            "HS512" => Ok(Self::Hs512),
            _ => Err(UnknownAlgorithm(text.to_owned())),
        }
    }
}

impl From<JwtAlgorithm> for Algorithm {
    fn from(algorithm: JwtAlgorithm) -> Self {
        match algorithm {
            JwtAlgorithm::Hs256 => Self::HS256,
            JwtAlgorithm::Hs384 => Self::HS384,
            JwtAlgorithm::Hs512 => Self::HS512,
        }
    }
}

/// What access tokens are made with.
#[derive(Clone, Debug)]
pub struct TokenOptions {
    /// The secrets (`JWT_SECRET_KEY`), at least one: the first signs, all verify.
    pub secrets: Vec<SecretString>,
    /// The signature; tokens with any other are refused.
    pub algorithm: JwtAlgorithm,
    /// `iss`, and what `iss` must be.
    pub issuer: String,
    /// `aud`, and what `aud` must be.
    pub audience: String,
}

/// What an access token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// Who issued it.
    pub iss: String,
    /// For whom.
    pub aud: String,
    /// Whose it is.
    pub sub: UserId,
    /// Until when it is valid: seconds since the epoch, as below.
    pub exp: i64,
    /// From when on.
    pub nbf: i64,
    /// When it was issued.
    pub iat: i64,
    /// Its own id.
    pub jti: Uuid,
    /// The sign-in that it descends from; the token ends when that is revoked.
    pub fam: FamilyId,
    /// The OAuth client that it was given to (RFC 9068, section 2.2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// What it may do, separated by spaces (RFC 8693, section 4.2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
}

/// What an access token of an OAuth client is bound to.
#[derive(Clone, Copy, Debug)]
pub struct Bound<'a> {
    /// `aud`: for whom it is (RFC 8707).
    pub audience: &'a str,
    /// `client_id`.
    pub client: &'a str,
    /// `scope`.
    pub scope: &'a str,
}

/// Why a token is refused, or why there are none. Safe to tell the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// No JWT of ours: malformed, wrong signature, algorithm, issuer or audience.
    #[error("the token is not valid")]
    Invalid,
    /// It is for somebody else (RFC 8707).
    #[error("the token was given out for another resource")]
    Audience,
    /// It was valid once.
    #[error("the token has expired")]
    Expired,
    /// It is not valid yet.
    #[error("the token is not valid yet")]
    Early,
    /// No secret to sign with.
    #[error("there is no secret to sign tokens with")]
    NoSecret,
    /// A secret that can be guessed, counted from 1.
    #[error("token secret {0} is too short: give at least {MIN_SECRET} bytes")]
    ShortSecret(usize),
}

/// Signs and verifies access tokens.
pub struct Tokens {
    header: Header,
    signing: EncodingKey,
    verifying: RwLock<Vec<DecodingKey>>,
    validation: Validation,
    issuer: String,
    audience: String,
}

impl Tokens {
    /// `aud` of tokens that were not given to an OAuth client.
    #[must_use]
    pub fn audience(&self) -> &str {
        &self.audience
    }

    /// Prepares the keys.
    pub fn new(options: &TokenOptions) -> Result<Self, TokenError> {
        let secrets: Vec<&[u8]> = options.secrets.iter().map(|secret| secret.expose_secret().as_bytes()).collect();
        if let Some(index) = secrets.iter().position(|secret| secret.len() < MIN_SECRET) {
            return Err(TokenError::ShortSecret(index + 1));
        }
        let first = secrets.first().ok_or(TokenError::NoSecret)?;
        Ok(Self {
            header: Header::new(options.algorithm.into()),
            signing: EncodingKey::from_secret(first),
            verifying: RwLock::new(secrets.iter().map(|secret| DecodingKey::from_secret(secret)).collect()),
            validation: validation(options),
            issuer: options.issuer.clone(),
            audience: options.audience.clone(),
        })
    }

    /// Verifies with these secrets, too, from now on: they came with data that was moved here.
    pub fn accept(&self, secrets: &[SecretString]) {
        let keys = secrets.iter().map(|secret| DecodingKey::from_secret(secret.expose_secret().as_bytes()));
        self.verifying.write().unwrap_or_else(PoisonError::into_inner).extend(keys);
    }

    /// A token for `user` that is valid for `ttl` from `now` on.
    #[must_use]
    pub fn issue(&self, user: UserId, family: FamilyId, now: Timestamp, ttl: Duration) -> String {
        self.sign(&self.claims(user, family, &self.audience, now, ttl))
    }

    /// As [`Tokens::issue`], for an OAuth client and one audience only.
    #[must_use]
    pub fn issue_bound(
        &self,
        user: UserId,
        family: FamilyId,
        bound: Bound<'_>,
        now: Timestamp,
        ttl: Duration,
    ) -> String {
        let claims = self.claims(user, family, bound.audience, now, ttl);
        let (client_id, scope) = (Some(bound.client.to_owned()), Some(bound.scope.to_owned()));
        self.sign(&Claims { client_id, scope, ..claims })
    }

    fn claims(&self, user: UserId, family: FamilyId, audience: &str, now: Timestamp, ttl: Duration) -> Claims {
        Claims {
            iss: self.issuer.clone(),
            aud: audience.to_owned(),
            sub: user,
            exp: (now + ttl).as_secs(),
            nbf: now.as_secs(),
            iat: now.as_secs(),
            jti: Uuid::new_v4(),
            fam: family,
            client_id: None,
            scope: None,
        }
    }

    fn sign(&self, claims: &Claims) -> String {
        jsonwebtoken::encode(&self.header, claims, &self.signing).expect("claims are JSON and HMAC takes any key")
    }

    /// What a token says, if it is ours, for our own audience, and valid at `now`, give or take a minute.
    pub fn verify(&self, token: &str, now: Timestamp) -> Result<Claims, TokenError> {
        self.verify_any(token, now)
            .and_then(|claims| if claims.aud == self.audience { Ok(claims) } else { Err(TokenError::Audience) })
    }

    /// As [`Tokens::verify`], whatever its audience: the caller must look at [`Claims::aud`].
    pub fn verify_any(&self, token: &str, now: Timestamp) -> Result<Claims, TokenError> {
        let decode = |key| jsonwebtoken::decode::<Claims>(token, key, &self.validation).ok();
        let keys = self.verifying.read().unwrap_or_else(PoisonError::into_inner);
        let claims = keys.iter().find_map(decode).ok_or(TokenError::Invalid)?.claims;
        drop(keys);
        let now = now.as_secs();
        if now >= claims.exp.saturating_add(LEEWAY) {
            return Err(TokenError::Expired);
        }
        if now < claims.nbf.saturating_sub(LEEWAY) || now < claims.iat.saturating_sub(LEEWAY) {
            return Err(TokenError::Early);
        }
        Ok(claims)
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens")
            .field("algorithm", &self.header.alg)
            .field("issuer", &self.issuer)
            .finish_non_exhaustive()
    }
}

/// Times and audience are checked by [`Tokens::verify`], because this library reads the machine's clock, and the
/// audience may be a resource.
fn validation(options: &TokenOptions) -> Validation {
    let mut validation = Validation::new(options.algorithm.into());
    validation.required_spec_claims = HashSet::from(["exp", "nbf", "iss", "aud", "sub"].map(str::to_owned));
    validation.validate_exp = false;
    validation.set_issuer(&[&options.issuer]);
    validation.validate_aud = false;
    validation
}

#[cfg(test)]
mod tests;

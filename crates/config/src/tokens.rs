//! Access tokens.

use std::time::Duration;

use crate::{parse, reader::Reader, setting::Setting};

const JWT_ALGORITHM: Setting = Setting::new("JWT_ALGORITHM", "HS256", "Signs access tokens: HS256, HS384 or HS512");
const ACCESS_TOKEN_EXPIRE_MINUTES: Setting =
    Setting::new("ACCESS_TOKEN_EXPIRE_MINUTES", "30", "How long an access token is valid, in minutes");
const REFRESH_TOKEN_EXPIRE_DAYS: Setting =
    Setting::new("REFRESH_TOKEN_EXPIRE_DAYS", "14", "How long a sign-in lasts without being used, in days");

pub(crate) const SETTINGS: &[Setting] = &[JWT_ALGORITHM, ACCESS_TOKEN_EXPIRE_MINUTES, REFRESH_TOKEN_EXPIRE_DAYS];

/// How access tokens are signed (RFC 7518, section 3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JwtAlgorithm {
    /// HMAC with SHA-256.
    Hs256,
    /// HMAC with SHA-384.
    Hs384,
    /// HMAC with SHA-512.
    Hs512,
}

impl JwtAlgorithm {
    /// The shortest key, in bytes: the size of the hash (RFC 7518, section 3.2).
    #[must_use]
    pub const fn min_key_bytes(self) -> usize {
        match self {
            Self::Hs256 => 32,
            Self::Hs384 => 48,
            Self::Hs512 => 64,
        }
    }
}

/// Access and refresh tokens.
#[derive(Clone, Copy, Debug)]
pub struct TokenSettings {
    /// `JWT_ALGORITHM`.
    pub algorithm: JwtAlgorithm,
    /// `ACCESS_TOKEN_EXPIRE_MINUTES`.
    pub access_ttl: Duration,
    /// `REFRESH_TOKEN_EXPIRE_DAYS`.
    pub refresh_ttl: Duration,
}

impl TokenSettings {
    pub(crate) fn read(reader: &mut Reader<'_>) -> Self {
        Self {
            algorithm: reader.value(&JWT_ALGORITHM, algorithm),
            access_ttl: reader.value(&ACCESS_TOKEN_EXPIRE_MINUTES, minutes),
            refresh_ttl: reader.value(&REFRESH_TOKEN_EXPIRE_DAYS, days),
        }
    }
}

fn algorithm(text: &str) -> Result<JwtAlgorithm, String> {
    match text.to_ascii_uppercase().as_str() {
        "HS256" => Ok(JwtAlgorithm::Hs256),
        "HS384" => Ok(JwtAlgorithm::Hs384),
        "HS512" => Ok(JwtAlgorithm::Hs512),
        _ => Err("HS256, HS384 or HS512".to_owned()),
    }
}

fn minutes(text: &str) -> Result<Duration, String> {
    parse::within(text, 1..=24 * 60).map(|minutes: u64| Duration::from_mins(minutes))
}

fn days(text: &str) -> Result<Duration, String> {
    parse::within(text, 1..=365).map(|days: u64| Duration::from_hours(days * 24))
}

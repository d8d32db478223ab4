//! What replicas share besides the database: memory of one process, or Redis.

use std::time::Duration;

use secrecy::SecretString;
use url::Url;

use crate::{parse, reader::Reader, setting::Setting};

const REDIS_URL: Setting =
    Setting::secret("REDIS_URL", "none: in memory", "Shared cache, limits and wake-ups: `redis://HOST:6379/0`");

const REDIS_TIMEOUT: Setting =
    Setting::new("REDIS_TIMEOUT", "100ms", "How long Redis may take to answer before Puente goes on without it");

pub(crate) const SETTINGS: &[Setting] = &[REDIS_URL, REDIS_TIMEOUT];

/// Where cache, rate limits and wake-ups live. Nothing in there is irreplaceable.
#[derive(Clone, Debug)]
pub enum Shared {
    /// In this process.
    Memory,
    /// In Redis.
    Redis {
        /// With the password, so never shown.
        url: SecretString,
        /// `REDIS_TIMEOUT`.
        timeout: Duration,
    },
}

impl Shared {
    pub(crate) fn read(reader: &mut Reader<'_>) -> Self {
        let timeout = reader.value(&REDIS_TIMEOUT, parse::positive_duration);
        reader.optional(&REDIS_URL, redis_url).map_or(Self::Memory, |url| Self::Redis { url, timeout })
    }
}

fn redis_url(text: &str) -> Result<SecretString, String> {
    let fits = |url: &Url| matches!(url.scheme(), "redis" | "rediss") && url.has_host();
    let url = Url::parse(text).ok().filter(fits).ok_or("a URL like redis://HOST:6379/0")?;
    Ok(String::from(url).into())
}

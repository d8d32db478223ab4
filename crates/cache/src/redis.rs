//! The cache that replicas share, in Redis.

use std::{fmt::Write, time::Duration};

use bytes::Bytes;
use futures::{FutureExt, future::BoxFuture};
use puente_redis::{Link, RedisError, cmd};

use crate::{Backend, BackendError, Key, Memory};

/// Larger values stay in the process that made them: they would hold up what shares the connection with them.
const LARGEST: usize = 1024 * 1024;

/// The backend of replicas that share a Redis. While Redis does not answer, each of them keeps values for itself.
pub struct Redis {
    link: Link,
    prefix: String,
    own: Memory,
}

impl Redis {
    /// A backend whose keys begin with `prefix`; `own` keeps what Redis does not.
    #[must_use]
    pub const fn new(link: Link, prefix: String, own: Memory) -> Self {
        Self { link, prefix, own }
    }

    fn name(&self, key: &Key) -> String {
        let mut name = format!("{}cache:{}:", self.prefix, key.kind());
        for byte in key.digest() {
            // Writing to a string does not fail.
            let _ = write!(name, "{byte:02x}");
        }
        name
    }

    async fn shared(&self, key: &Key) -> Result<Option<Bytes>, BackendError> {
        match self.link.run::<Option<Vec<u8>>>(cmd("GET").arg(self.name(key))).await {
            Ok(value) => Ok(value.map(Bytes::from)),
            Err(RedisError::Down) => Ok(None),
            Err(error) => Err(BackendError(error.to_string())),
        }
    }

    async fn share(&self, key: &Key, value: &Bytes, ttl: Duration) -> Result<(), RedisError> {
        let millis = u64::try_from(ttl.as_millis()).unwrap_or(u64::MAX).max(1);
        self.link.run(cmd("SET").arg(self.name(key)).arg(&value[..]).arg("PX").arg(millis)).await
    }
}

impl Backend for Redis {
    fn get<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Option<Bytes>, BackendError>> {
        async move {
            match self.own.get(key).await? {
                Some(value) => Ok(Some(value)),
                None => self.shared(key).await,
            }
        }
        .boxed()
    }

    fn set<'a>(&'a self, key: &'a Key, value: Bytes, ttl: Duration) -> BoxFuture<'a, Result<(), BackendError>> {
        async move {
            if value.len() > LARGEST || self.share(key, &value, ttl).await.is_err() {
                self.own.set(key, value, ttl).await?;
            }
            Ok(())
        }
        .boxed()
    }
}

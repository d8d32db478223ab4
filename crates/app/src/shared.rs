//! What replicas share: Redis if there is one, else PostgreSQL for hints, else nothing but memory.

use std::{sync::Arc, time::Duration};

use anyhow::Context;
use puente_bus::Bus;
use puente_cache::Memory;
use puente_config::{Config, Database};
use puente_domain::Clock;
use puente_gateway::Shared;
use puente_rates::Rates;
use puente_redis::{Link, Options};
use puente_storage::{Lease, Result, Storage};
use secrecy::ExposeSecret;

/// The name of this installation in the database, by which it keeps apart from others on the same Redis.
const INSTALLATION: &str = "installation_id";

/// Makes what the settings say, with the link to Redis if there is one. Redis and the bus connect by themselves: neither
/// is needed for the start.
pub(crate) async fn make(
    config: &Config,
    storage: &dyn Storage,
    clock: Arc<dyn Clock>,
) -> anyhow::Result<(Shared, Option<Link>)> {
    let mut shared = Shared::memory(config.limits.cache_bytes as u64, clock.clone());
    let notifications = match &config.database.database {
        Database::Sqlite { .. } => None,
        Database::Postgres { url } => {
            let bus = puente_bus::Postgres::new(url.expose_secret()).context("DATABASE_URL cannot be used")?;
            Some(Bus::new(bus))
        }
    };
    match &config.shared {
        puente_config::Shared::Memory => {
            if let Some(notifications) = notifications {
                shared.bus = notifications;
            }
            Ok((shared, None))
        }
        puente_config::Shared::Redis { url, timeout } => {
            let prefix = format!("puente:{}:", installation(storage).await?);
            let options = Options { timeout: *timeout, channel: format!("{prefix}hints") };
            let link = Link::new(url.expose_secret(), options)?;
            shared.bus = Bus::new(puente_bus::Redis::new(&link, format!("{prefix}hints"), notifications));
            let own = Memory::new(config.limits.cache_bytes as u64, clock);
            shared.cache = Arc::new(puente_cache::Redis::new(link.clone(), prefix.clone(), own));
            shared.rates = Rates::shared(link.clone(), prefix);
            Ok((shared, Some(link)))
        }
    }
}

/// The installation's name; the first process gives it. The lease's row makes the others wait for its transaction.
async fn installation(storage: &dyn Storage) -> Result<String> {
    let mut transaction = storage.write().await?;
    let (name, holder) = (INSTALLATION.to_owned(), std::process::id().to_string());
    transaction.versions().acquire(&Lease { name, holder, ttl: Duration::ZERO }).await?;
    if let Some(known) = transaction.versions().value(INSTALLATION).await? {
        return Ok(known);
    }
    let name = uuid::Uuid::new_v4().simple().to_string();
    transaction.versions().set_value(INSTALLATION, &name).await?;
    transaction.save().await?;
    Ok(name)
}

//! What the other crates want to know of the settings, in their own words.

use puente_auth::{JwtAlgorithm, TokenOptions};
use puente_config::{AuditFailure, Config, Database, Environment, Shared};
use puente_gateway::{OnAuditFailure, Settings};
use puente_sources::{Egress, RateLimit};
use secrecy::ExposeSecret;
use url::Url;

/// `iss` and `aud` of access tokens. They do not depend on the address, so that tokens survive a move.
const ISSUER: &str = "puente";
const AUDIENCE: &str = "puente-api";

pub(crate) fn tokens(config: &Config) -> anyhow::Result<TokenOptions> {
    Ok(TokenOptions {
        secrets: config.security.jwt.load_or_create()?,
        algorithm: match config.tokens.algorithm {
            puente_config::JwtAlgorithm::Hs256 => JwtAlgorithm::Hs256,
            puente_config::JwtAlgorithm::Hs384 => JwtAlgorithm::Hs384,
            puente_config::JwtAlgorithm::Hs512 => JwtAlgorithm::Hs512,
        },
        issuer: ISSUER.to_owned(),
        audience: AUDIENCE.to_owned(),
    })
}

pub(crate) fn gateway(config: &Config) -> Settings {
    let limits = &config.limits;
    Settings {
        access_token_ttl: config.tokens.access_ttl,
        refresh_token_ttl: config.tokens.refresh_ttl,
        on_audit_failure: match config.audit.on_failure {
            AuditFailure::Refuse => OnAuditFailure::Refuse,
            AuditFailure::Continue => OnAuditFailure::Continue,
        },
        audit_retention: config.audit.retention,
        principal_rate: RateLimit { calls: limits.rate.calls, per: limits.rate.per },
        max_calls: limits.max_calls.get(),
        call_timeout: limits.call_timeout,
        max_tasks: limits.max_tasks.get(),
        task_timeout: limits.task_timeout,
        concurrency_wait: limits.concurrency_wait,
        max_result_bytes: limits.max_result_bytes,
        max_stored_bytes: limits.max_stored_bytes,
        result_ttl: limits.result_ttl,
        allow_open_servers: config.security.allow_open_servers || config.server.environment == Environment::Development,
        env_allow: config.network.env_allow.clone(),
    }
}

/// Puente's own database and Redis are no editor's business.
pub(crate) fn egress(config: &Config) -> Egress {
    let database = match &config.database.database {
        Database::Sqlite { .. } => None,
        Database::Postgres { url } => host_and_port(url.expose_secret(), 5432),
    };
    let redis = match &config.shared {
        Shared::Memory => None,
        Shared::Redis { url, .. } => host_and_port(url.expose_secret(), 6379),
    };
    Egress {
        allow: config.network.egress_allow.clone(),
        own: database.into_iter().chain(redis).collect(),
        own_folder: Some(config.server.data_dir.clone()),
        ..Egress::default()
    }
}

fn host_and_port(url: &str, usual: u16) -> Option<(String, u16)> {
    let url = Url::parse(url).ok()?;
    Some((url.host_str()?.to_owned(), url.port().unwrap_or(usual)))
}

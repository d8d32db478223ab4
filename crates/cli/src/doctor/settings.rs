//! Settings that are right, but not wise; and the keys.

use puente_config::{Config, Database, Environment, KeySource, Shared};

use super::Finding;

pub(super) fn examine(config: &Config) -> Vec<Finding> {
    let mut findings: Vec<Finding> = config
        .warnings
        .iter()
        .map(|warning| Finding::doubtful("settings", warning, "make a strong one: `openssl rand -base64 48`"))
        .collect();
    if findings.is_empty() {
        findings.push(Finding::fine("settings", "they are complete"));
    }
    findings.extend(exposure(config));
    findings.extend(replicas(config));
    findings.push(key("ENCRYPTION_KEY", &config.security.encryption));
    findings.push(key("JWT_SECRET_KEY", &config.security.jwt));
    findings
}

/// A server that others can reach should be meant for them.
fn exposure(config: &Config) -> Option<Finding> {
    let server = &config.server;
    let loopback = server.local_url(server.port) == format!("http://{}", server.bind_address());
    let open = !loopback && server.environment == Environment::Development;
    open.then(|| {
        let advice = "set ENVIRONMENT=production with keys of your own, and put a proxy with TLS before it";
        Finding::doubtful("exposure", format!("a development server listens on {}", server.bind_address()), advice)
    })
}

fn replicas(config: &Config) -> Option<Finding> {
    let apart = matches!((&config.database.database, &config.shared), (Database::Postgres { .. }, Shared::Memory));
    apart.then(|| {
        let advice = "set REDIS_URL if several replicas share this database";
        Finding::doubtful("replicas", "without Redis, rate limits and caches are per replica", advice)
    })
}

fn key(name: &'static str, source: &KeySource) -> Finding {
    match source {
        KeySource::Given(keys) => Finding::fine(name, format!("given; {} in the list", keys.len())),
        KeySource::Generated { path } if !path.exists() => Finding::fine(name, "generated at the first start"),
        KeySource::Generated { path } if is_open_to_others(path) => {
            let advice = format!("chmod 600 '{}'", path.display());
            Finding::broken(name, format!("others can read {}", path.display()), advice)
        }
        KeySource::Generated { path } => Finding::fine(name, format!("generated, in {}; back it up", path.display())),
    }
}

#[cfg(unix)]
fn is_open_to_others(path: &std::path::Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|meta| meta.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
const fn is_open_to_others(_: &std::path::Path) -> bool {
    false
}

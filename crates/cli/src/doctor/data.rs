//! What the database holds: whether it answers, secrets, sources, who may come in without a token; and the clock.

use std::time::Duration;

use puente_app::App;
use puente_domain::Timestamp;
use puente_gateway::{Actor, Error, Result};
use puente_storage::{AuditFilter, Page};

use super::Finding;

/// Puente did not exist before this moment: 2026-01-01T00:00:00Z.
const EARLIEST: Timestamp = Timestamp::from_micros(1_767_225_600_000_000);
/// Clocks of replicas may differ by this much; tokens allow for it.
const LEEWAY: Duration = Duration::from_mins(1);

/// How long Redis may take to be found.
const REDIS_PATIENCE: Duration = Duration::from_secs(3);

pub(super) async fn examine(app: &App) -> Vec<Finding> {
    let database = match app.storage.ping().await {
        Ok(()) => Finding::fine("database", format!("{} answers, its schema is up to date", app.storage.backend())),
        Err(error) => {
            Finding::broken("database", error.to_string(), "check DATABASE_URL, the disk and the server's log")
        }
    };
    let mut findings = vec![database];
    findings.extend(redis(app).await);
    findings.push(unwrap("clock", clock(app).await));
    findings.push(unwrap("secrets", secrets(app).await));
    findings.push(unwrap("virtual servers", open_servers(app).await));
    match sources(app).await {
        Ok(sources) => findings.extend(sources),
        Err(error) => findings.push(failed("sources", &error)),
    }
    findings
}

/// Nothing fails without Redis, but everything is slower and each replica has limits of its own.
async fn redis(app: &App) -> Option<Finding> {
    if app.redis_answers(REDIS_PATIENCE).await? {
        return Some(Finding::fine("redis", "it answers"));
    }
    let advice = "check REDIS_URL, its password, and whether Redis runs";
    Some(Finding::doubtful("redis", "it does not answer: replicas go on without it", advice))
}

fn unwrap(what: &'static str, found: Result<Finding>) -> Finding {
    found.unwrap_or_else(|error| failed(what, &error))
}

fn failed(what: &'static str, error: &Error) -> Finding {
    let cause = std::error::Error::source(error).map(|cause| format!(": {cause}")).unwrap_or_default();
    Finding::broken(what, format!("{error}{cause}"), "see the database's finding")
}

/// A clock that stands before what has happened already makes tokens and retention wrong.
async fn clock(app: &App) -> Result<Finding> {
    let newest = Page { after: None, limit: 1 };
    let events = app.gateway.audit_list(&Actor::operator(), AuditFilter::default(), &newest).await?;
    let now = app.clock.now();
    let past = events.items.first().map_or(EARLIEST, |event| event.at.max(EARLIEST));
    if now + LEEWAY >= past {
        return Ok(Finding::fine("clock", format!("it is {now}")));
    }
    let message = format!("it is {now} here, but something happened at {past}");
    Ok(Finding::broken("clock", message, "set the clock, and keep it set with NTP"))
}

async fn secrets(app: &App) -> Result<Finding> {
    let all = app.gateway.secrets(&Actor::operator()).await?;
    let lost: Vec<&str> = all.iter().filter(|secret| !secret.readable).map(|secret| secret.name.as_str()).collect();
    if lost.is_empty() {
        return Ok(Finding::fine("secrets", format!("{} stored, all can be opened", all.len())));
    }
    let advice = "add the key that sealed them to ENCRYPTION_KEY, or set them again with `puente secret set`";
    Ok(Finding::broken("secrets", format!("no key opens {}", lost.join(", ")), advice))
}

async fn open_servers(app: &App) -> Result<Finding> {
    let page = Page { after: None, limit: 1000 };
    let servers = app.gateway.servers(&Actor::operator(), &page).await?.items;
    let open: Vec<&str> =
        servers.iter().filter(|server| server.open && server.enabled).map(|server| server.name.as_str()).collect();
    if open.is_empty() {
        return Ok(Finding::fine("virtual servers", format!("{} defined, all need a token", servers.len())));
    }
    let message = format!("anyone may use {} without a token", open.join(", "));
    Ok(Finding::doubtful("virtual servers", message, "take `open: true` out of the catalog unless that is meant"))
}

async fn sources(app: &App) -> Result<Vec<Finding>> {
    let actor = Actor::operator();
    let page = Page { after: None, limit: 1000 };
    let mut findings = Vec::new();
    for source in app.gateway.sources(&actor, None, &page).await?.items.iter().filter(|source| source.enabled) {
        let name = source.name.as_str();
        match app.gateway.source_test(&actor, name).await {
            Ok(checked) => {
                findings.push(Finding::fine("source", format!("{name}: {} answers", checked.system)));
                let doubtful = |warning: &String| {
                    Finding::doubtful(
                        "source",
                        format!("{name}: {warning}"),
                        "use a login that may do no more than its tools need",
                    )
                };
                findings.extend(checked.warnings.iter().map(doubtful));
            }
            Err(error) => {
                let advice = format!("check its address, login and network, then `puente source test {name}`");
                findings.push(Finding::broken("source", format!("{name}: {error}"), advice));
            }
        }
    }
    Ok(findings)
}

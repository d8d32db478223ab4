//! Opens sessions: finds out which transport and which era an upstream speaks.

use std::time::Duration;

use http::HeaderValue;
use puente_mcp::{Era, era::Revision};
use rmcp::model::ClientCapabilities;
use tokio::time::timeout;

use super::{Session, discover::discover, initialize::initialize};
use crate::{
    error::LinkError,
    link::{
        Events, Link,
        http::{Agreed, HttpLink},
        stdio::{process, sse},
    },
    plan::{Target, Transport},
};

/// How long an upstream on lines may keep silent to the question of a later era.
const SILENCE: Duration = Duration::from_secs(10);

/// Opens a session on which the upstream may ask for what is `declared`.
pub(crate) async fn open(
    target: &Target,
    declared: &ClientCapabilities,
    events: &Events,
) -> Result<Session, LinkError> {
    let opened = async {
        match &target.transport {
            Transport::Http(_) => over_http(target, declared, events).await,
            Transport::Command(_) => over_lines(target, declared, events).await,
        }
    };
    timeout(target.start_timeout, opened).await.unwrap_or(Err(LinkError::Late))
}

async fn over_http(target: &Target, declared: &ClientCapabilities, events: &Events) -> Result<Session, LinkError> {
    let Transport::Http(endpoint) = &target.transport else { return Err(LinkError::Late) };
    if target.era != Some(Era::Legacy) {
        let link = HttpLink::new((**endpoint).clone());
        if let Some(found) = discover(&Link::Http(link.clone())).await? {
            let version = HeaderValue::from_static(Revision::V2026_07_28.as_str());
            link.agree(Agreed { version, session: None, modern: true });
            return Ok(Session::new(Link::Http(link), Revision::V2026_07_28, found.server, found.capabilities));
        }
        modern_or_nothing(target)?;
    }
    let link = Link::Http(HttpLink::new((**endpoint).clone()));
    match initialize(link, declared).await {
        // "If it fails with 400, 404 or 405 … issue a GET request, expecting that this will open an SSE stream".
        Err(error @ LinkError::Status(400 | 404 | 405)) => {
            match sse::connect(endpoint, events.clone(), asks(declared)).await {
                Ok(link) => initialize(Link::Stdio(link), declared).await,
                Err(_) => Err(error),
            }
        }
        initialized => initialized,
    }
}

async fn over_lines(target: &Target, declared: &ClientCapabilities, events: &Events) -> Result<Session, LinkError> {
    let Transport::Command(command) = &target.transport else { return Err(LinkError::Late) };
    let link = Link::Stdio(process::start(command, &target.name, events.clone(), asks(declared))?);
    if target.era != Some(Era::Legacy) {
        match timeout(SILENCE, discover(&link)).await {
            Ok(Ok(Some(found))) => {
                return Ok(Session::new(link, Revision::V2026_07_28, found.server, found.capabilities));
            }
            Ok(Ok(None)) | Err(_) => modern_or_nothing(target)?,
            Ok(Err(error)) => return Err(error),
        }
    }
    initialize(link, declared).await
}

/// Whether an upstream may ask on a session with these capabilities.
fn asks(declared: &ClientCapabilities) -> bool {
    declared.elicitation.is_some() || declared.sampling.is_some() || declared.roots.is_some()
}

fn modern_or_nothing(target: &Target) -> Result<(), LinkError> {
    if target.era == Some(Era::Modern) {
        return Err(LinkError::garbage("it does not speak 2026-07-28, and the catalog says `era: modern`"));
    }
    Ok(())
}

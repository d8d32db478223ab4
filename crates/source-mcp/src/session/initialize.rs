//! `initialize`: the handshake of legacy upstreams.

use http::HeaderValue;
use puente_mcp::{Era, era::Revision};
use rmcp::model::{ClientCapabilities, ServerCapabilities};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Session, answer, discover::name};
use crate::{
    error::LinkError,
    link::{Exchange, Link, Outgoing, http::Agreed},
    wire::{Meta, US},
};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Params<'a> {
    protocol_version: &'static str,
    capabilities: &'a ClientCapabilities,
    client_info: &'a rmcp::model::Implementation,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Initialized {
    protocol_version: String,
    #[serde(default)]
    capabilities: ServerCapabilities,
    #[serde(default)]
    server_info: Value,
}

/// Shakes hands and declares what the client behind the session can be asked.
pub(super) async fn initialize(link: Link, declared: &ClientCapabilities) -> Result<Session, LinkError> {
    let params =
        Params { protocol_version: Revision::LATEST_LEGACY.as_str(), capabilities: declared, client_info: &US };
    let mut exchange = link.send(Outgoing::new("initialize", &params, Meta::default())).await?;
    let result = answer(&mut exchange).await?;
    let result: Initialized = serde_json::from_str(result.get()).map_err(|error| LinkError::Garbage(error.into()))?;
    let revision = Revision::parse(&result.protocol_version).filter(|revision| revision.era() == Era::Legacy);
    let Some(revision) = revision else {
        return Err(LinkError::garbage(format!("the revision {:?} is unknown", result.protocol_version)));
    };
    if let (Link::Http(link), Exchange::Http(exchange)) = (&link, &exchange) {
        let version = HeaderValue::from_static(revision.as_str());
        link.agree(Agreed { version, session: exchange.session(), modern: false });
    }
    drop(exchange);
    link.notify("notifications/initialized", &json!({})).await?;
    let session = Session::new(link, revision, name(Some(&result.server_info)), result.capabilities);
    if session.offers.logging.is_some() {
        // Clients have levels of their own; what they do not want is left out later.
        session.fetch("logging/setLevel", &json!({ "level": "debug" })).await?;
    }
    Ok(session)
}

//! Metadata of the MCP endpoints as protected resources (RFC 9728): who gives tokens for them.

use axum::response::{IntoResponse, Response};
use puente_domain::{Name, server::VirtualServer};
use puente_gateway::oauth::SCOPES;
use serde_json::json;

use super::Base;
use crate::{
    extract::{Json, Path},
    problem::Problem,
};

pub(super) async fn default_server(base: Base) -> Response {
    document(&base, VirtualServer::DEFAULT, "/mcp")
}

/// Tells nothing about which virtual servers there are: every name that could be one has a document.
pub(super) async fn named_server(base: Base, Path(name): Path<Name>) -> Result<Response, Problem> {
    Ok(document(&base, name.as_str(), &format!("/servers/{name}/mcp")))
}

fn document(base: &Base, server: &str, path: &str) -> Response {
    Json(json!({
        "resource": base.at(path),
        "authorization_servers": [base.at("")],
        "scopes_supported": SCOPES,
        "bearer_methods_supported": ["header"],
        "resource_name": format!("Puente: {server}"),
    }))
    .into_response()
}

/// Where the metadata of an endpoint is, given the path that the client used.
pub(super) fn address(base: &Base, path: &str) -> String {
    base.at(&format!("{}{path}", super::RESOURCE))
}

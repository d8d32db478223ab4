//! The doors for agents: `/mcp` and `/servers/{name}/mcp`.
//!
//! The caller is known from the headers before anything of the body is read.

use std::sync::Arc;

use axum::{
    Router,
    extract::{Request, State},
    response::{IntoResponse, Response},
    routing::any,
};
use http::request::Parts;
use puente_domain::{Principal, server::VirtualServer};
use puente_gateway::{Actor, Caller, identity::Door};

use crate::{
    ApiState,
    extract::{Path, RequestInfo, authenticate_at},
    oauth::Challenger,
    problem::Problem,
};

pub(crate) fn router() -> Router<ApiState> {
    Router::new().route("/mcp", any(default_server)).route("/servers/{name}/mcp", any(named_server))
}

async fn default_server(State(state): State<ApiState>, request: Request) -> Response {
    serve(&state, VirtualServer::DEFAULT, request).await
}

async fn named_server(State(state): State<ApiState>, Path(name): Path<String>, request: Request) -> Response {
    serve(&state, &name, request).await
}

async fn serve(state: &ApiState, server: &str, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let challenger = Challenger::of(&parts);
    match enter(state, server, &parts).await {
        Ok(caller) => challenger.step_up(state.mcp.handle(caller, parts, body).await, &state.options),
        Err(problem) => challenger.refused(problem.into_response(), &state.options),
    }
}

/// Without a token only an open virtual server lets anyone in.
async fn enter(state: &ApiState, server: &str, parts: &Parts) -> Result<Caller, Problem> {
    let actor = authenticate_at(Door::Server(server), parts, state).await?.unwrap_or_else(|| anonymous(parts));
    Ok(state.gateway.enter(actor, server).await?)
}

fn anonymous(parts: &Parts) -> Actor {
    let RequestInfo { id, address, .. } = RequestInfo::of(&parts.extensions);
    Actor { principal: Arc::new(Principal::anonymous()), address, request_id: id }
}

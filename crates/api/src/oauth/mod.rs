//! Sign-in for programs: the metadata documents of resources (RFC 9728) and of the built-in authorization server
//! (RFC 8414), and its endpoints for clients. The one for people is in [`pages`](crate::pages).

mod base;
mod challenge;
mod failure;
mod fields;
mod metadata;
mod register;
mod resource;
mod revoke;
mod token;

pub(crate) use base::Base;
pub(crate) use challenge::Challenger;
pub(crate) use fields::Fields;

use axum::{
    Router,
    routing::{get, post},
};

use crate::ApiState;

/// Where people are asked.
pub(crate) const AUTHORIZE: &str = "/oauth/authorize";
const TOKEN: &str = "/oauth/token";
const REGISTER: &str = "/oauth/register";
const REVOKE: &str = "/oauth/revoke";
/// Where a resource's metadata is, before the resource's path.
const RESOURCE: &str = "/.well-known/oauth-protected-resource";

pub(crate) fn router() -> Router<ApiState> {
    Router::new()
        .route(RESOURCE, get(resource::default_server))
        .route("/.well-known/oauth-protected-resource/mcp", get(resource::default_server))
        .route("/.well-known/oauth-protected-resource/servers/{name}/mcp", get(resource::named_server))
        .route("/.well-known/oauth-authorization-server", get(metadata::metadata))
        .route(REGISTER, post(register::register))
        .route(TOKEN, post(token::token))
        .route(REVOKE, post(revoke::revoke))
}

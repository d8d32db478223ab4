//! Who calls.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use http::{HeaderMap, header, request::Parts};
use puente_domain::Principal;
use puente_gateway::{Actor, identity::Door};

use super::RequestInfo;
use crate::{
    ApiState,
    problem::{Kind, Problem},
};

/// A caller with a token or key; without one: 401.
pub(crate) struct Authenticated(pub(crate) Actor);

impl FromRequestParts<ApiState> for Authenticated {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Problem> {
        let actor = authenticate_at(Door::Api, parts, state).await?;
        let actor =
            actor.ok_or_else(|| Problem::new(Kind::Unauthenticated, "this needs a token: Authorization: Bearer …"))?;
        state.gateway.count_request(&actor).await?;
        Ok(Self(actor))
    }
}

/// A caller as anonymous, whatever it sends: for what gives tokens out.
pub(crate) struct Visitor(pub(crate) Actor);

impl<S: Sync> FromRequestParts<S> for Visitor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Ok(Self(acting(Arc::new(Principal::anonymous()), parts)))
    }
}

/// The caller that `Authorization` names; `None` without that header. A token that is refused is an error even where
/// none is needed, so that its owner learns of it.
pub(crate) async fn authenticate_at(door: Door<'_>, parts: &Parts, state: &ApiState) -> Result<Option<Actor>, Problem> {
    let Some(token) = bearer(&parts.headers)? else { return Ok(None) };
    let principal = state.gateway.authenticate_at(door, token).await?;
    Ok(Some(acting(principal, parts)))
}

pub(super) fn acting(principal: Arc<Principal>, parts: &Parts) -> Actor {
    let RequestInfo { id, address, .. } = RequestInfo::of(&parts.extensions);
    Actor { principal, address, request_id: id }
}

/// The token of `Authorization: Bearer …` (RFC 6750, section 2.1). Tokens in the query or a body are not looked at.
pub(super) fn bearer(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let token = value.to_str().ok().and_then(|text| text.split_once(' ')).filter(|(scheme, token)| {
        scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() && values.next().is_none()
    });
    let detail = "Authorization must be given once, as: Bearer, a space, and the token";
    token.map(|(_, token)| Some(token.trim())).ok_or_else(|| Problem::new(Kind::Unauthenticated, detail))
}

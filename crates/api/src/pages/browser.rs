//! Who sits in front of a page.

use axum::{
    extract::{FromRequest, FromRequestParts, Request},
    response::{IntoResponse, Redirect, Response},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use http::{HeaderMap, Uri, header, request::Parts};
use puente_gateway::Actor;
use sha2::{Digest, Sha256};
use url::form_urlencoded;
use uuid::Uuid;

use super::{
    SIGN_IN,
    cookies::{Cookie, read},
    language::Language,
    told::Told,
};
use crate::{
    ApiState,
    extract::{FullUri, Visitor},
    oauth::{Base, Fields},
    problem::Problem,
};

/// A browser, signed in or not.
pub(super) struct Browser {
    pub(super) language: Language,
    pub(super) base: Base,
    /// The page that it asked for, with its query.
    pub(super) here: String,
    /// Who asks, before sign-in.
    pub(super) visitor: Actor,
    /// Who is signed in.
    pub(super) actor: Option<Actor>,
    /// The cookie that forms are tied to: the session's, or a visitor's.
    secret: String,
    /// `Set-Cookie`, if the visitor's cookie is new.
    pub(super) new_cookie: Option<String>,
    from_here: bool,
}

/// A browser with somebody signed in; without: to the sign-in page and back.
pub(super) struct Person {
    pub(super) browser: Browser,
    pub(super) actor: Actor,
}

/// A form that was sent from one of our own pages, by somebody who is signed in.
pub(super) struct Signed {
    pub(super) browser: Browser,
    pub(super) actor: Actor,
    pub(super) fields: Fields,
}

/// A form that was sent from one of our own pages.
pub(super) struct Form {
    pub(super) browser: Browser,
    pub(super) fields: Fields,
}

impl Browser {
    /// What forms of this browser must carry: it cannot be known without the cookie, and does not tell it.
    pub(super) fn token(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(format!("form:{}", self.secret)))
    }

    /// Whether a form came from our own pages: by its token, and by what the browser says of its origin.
    fn sent(&self, fields: &Fields) -> bool {
        self.from_here && fields.get("form_token") == Some(self.token().as_str())
    }

    /// To the sign-in page, and back to where it is now.
    pub(super) fn to_sign_in(&self) -> Response {
        let next: String = form_urlencoded::byte_serialize(self.here.as_bytes()).collect();
        Redirect::to(&format!("{SIGN_IN}?next={next}")).into_response()
    }
}

/// Browsers say where a request came from; a form of another site does not pass.
fn from_here(headers: &HeaderMap, base: &Base) -> bool {
    let value = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let site = value("sec-fetch-site").is_none_or(|site| matches!(site, "same-origin" | "none"));
    let origin = value("origin").is_none_or(|origin| origin == base.0.origin().ascii_serialization());
    site && origin
}

impl FromRequestParts<ApiState> for Browser {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Response> {
        let problem = |problem: Problem| problem.into_response();
        let Visitor(visitor) = Visitor::from_request_parts(parts, state).await.map_err(problem)?;
        let base = Base::from_request_parts(parts, state).await.map_err(problem)?;
        let FullUri(uri) = FullUri::from_request_parts(parts, state).await.unwrap_or(FullUri(Uri::default()));
        let here = uri.path_and_query().map_or_else(String::new, ToString::to_string);
        let session = read(&parts.headers, Cookie::Session);
        let actor = match &session {
            Some(cookie) => {
                let found = state.gateway.browser(&visitor, cookie).await;
                found.map_err(|error| problem(error.into()))?
            }
            None => None,
        };
        let session = session.filter(|_| actor.is_some());
        let known = session.or_else(|| read(&parts.headers, Cookie::Visitor));
        let (secret, new_cookie) = known.map_or_else(
            || {
                let fresh = Uuid::new_v4().simple().to_string();
                let cookie = Cookie::Visitor.set(&fresh, 24 * 3600, state.options.https);
                (fresh, Some(cookie))
            },
            |known| (known, None),
        );
        let (language, from_here) = (Language::of(&parts.headers), from_here(&parts.headers, &base));
        Ok(Self { language, base, here, visitor, actor, secret, new_cookie, from_here })
    }
}

impl FromRequestParts<ApiState> for Person {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Response> {
        let browser = Browser::from_request_parts(parts, state).await?;
        match browser.actor.clone() {
            Some(actor) => Ok(Self { browser, actor }),
            None => Err(browser.to_sign_in()),
        }
    }
}

impl FromRequest<ApiState> for Form {
    type Rejection = Response;

    async fn from_request(request: Request, state: &ApiState) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let browser = Browser::from_request_parts(&mut parts, state).await?;
        let fields = Fields::from_request(Request::from_parts(parts, body), state).await;
        let fields = fields.map_err(IntoResponse::into_response)?;
        if browser.sent(&fields) { Ok(Self { browser, fields }) } else { Err(Told::forged(&browser)) }
    }
}

impl FromRequest<ApiState> for Signed {
    type Rejection = Response;

    async fn from_request(request: Request, state: &ApiState) -> Result<Self, Response> {
        let Form { browser, fields } = Form::from_request(request, state).await?;
        match browser.actor.clone() {
            Some(actor) => Ok(Self { browser, actor, fields }),
            None => Err(browser.to_sign_in()),
        }
    }
}

/// Adds the browser's new cookie to an answer.
pub(super) fn with_cookie(mut response: Response, cookie: Option<&str>) -> Response {
    if let Some(cookie) = cookie.and_then(|cookie| cookie.parse().ok()) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

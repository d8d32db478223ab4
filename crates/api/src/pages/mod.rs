//! Pages for people: sign in, consent, one's own account. Rendered here, without any script: they work in every browser,
//! with a keyboard, and under a strict content security policy.
//!
//! - `browser`: who sits in front of it: session cookie, language, protection against forged forms;
//! - `layout`, `texts`: what all pages have in common, in every language;
//! - `sign_in`, `consent`, `account`: the pages.

mod account;
mod browser;
mod consent;
mod cookies;
mod language;
mod layout;
mod next;
mod sign_in;
mod style;
mod texts;
mod told;

pub(crate) use language::Language;

use axum::{
    Router,
    routing::{get, post},
};

use crate::{ApiState, oauth::AUTHORIZE};

const SIGN_IN: &str = "/sign-in";
const SIGN_OUT: &str = "/sign-out";
const ACCOUNT: &str = "/account";

pub(crate) fn router() -> Router<ApiState> {
    Router::new()
        .route(SIGN_IN, get(sign_in::show).post(sign_in::submit))
        .route(SIGN_OUT, post(sign_in::out))
        .route(AUTHORIZE, get(consent::show).post(consent::submit))
        .route("/language/{code}", get(language::switch))
        .route(style::PATH, get(style::sheet))
        .nest(ACCOUNT, account::router())
}

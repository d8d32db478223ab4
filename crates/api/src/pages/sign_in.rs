//! Sign in and out.

use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use http::{StatusCode, header};
use maud::{Markup, html};
use puente_gateway::Error;
use secrecy::ExposeSecret;
use serde::Deserialize;

use super::{
    SIGN_IN,
    browser::{Browser, Form},
    cookies::{Cookie, read},
    layout::{Page, form_token},
    next,
};
use crate::{ApiState, extract::Query, oauth::AUTHORIZE};

#[derive(Deserialize)]
pub(super) struct Target {
    #[serde(default)]
    next: String,
}

/// What the page shows besides an empty form.
#[derive(Default)]
struct Shown {
    email: String,
    next: String,
    complaint: Option<String>,
    status: StatusCode,
}

pub(super) async fn show(browser: Browser, Query(target): Query<Target>) -> Response {
    let next = next::local(&target.next);
    if browser.actor.is_some() {
        return Redirect::to(next).into_response();
    }
    page(&browser, &Shown { next: next.to_owned(), ..Shown::default() })
}

pub(super) async fn submit(State(state): State<ApiState>, form: Form) -> Response {
    let Form { browser, fields } = form;
    let (email, password) = (fields.get("email").unwrap_or_default(), fields.owned("password").unwrap_or_default());
    let next = next::local(fields.get("next").unwrap_or_default()).to_owned();
    match state.gateway.sign_in_browser(&browser.visitor, email, password.into()).await {
        Ok(signed_in) => {
            let seconds = signed_in.lifetime.as_secs();
            let cookie = Cookie::Session.set(signed_in.cookie.expose_secret(), seconds, state.options.https);
            ([(header::SET_COOKIE, cookie)], Redirect::to(&next)).into_response()
        }
        Err(error) => {
            let (status, complaint) = complaint(&browser, error);
            let shown = Shown { email: email.to_owned(), next, complaint: Some(complaint), status };
            page(&browser, &shown)
        }
    }
}

fn complaint(browser: &Browser, error: Error) -> (StatusCode, String) {
    let texts = browser.language.texts();
    match error {
        Error::Unauthenticated(_) => (StatusCode::UNAUTHORIZED, texts.wrong_password.to_owned()),
        Error::Limited { retry_after_secs } => {
            (StatusCode::TOO_MANY_REQUESTS, format!("{} {retry_after_secs}", texts.locked))
        }
        other => {
            tracing::error!(error = &other as &dyn std::error::Error, "a sign-in failed");
            (StatusCode::INTERNAL_SERVER_ERROR, other.to_string())
        }
    }
}

/// Signs this browser out.
pub(super) async fn out(State(state): State<ApiState>, headers: http::HeaderMap, form: Form) -> Response {
    let _ = form;
    if let Some(cookie) = read(&headers, Cookie::Session)
        && let Err(error) = state.gateway.sign_out_browser(&cookie).await
    {
        return crate::problem::Problem::from(error).into_response();
    }
    let gone = Cookie::Session.set("", 0, state.options.https);
    ([(header::SET_COOKIE, gone)], Redirect::to(SIGN_IN)).into_response()
}

fn page(browser: &Browser, shown: &Shown) -> Response {
    let texts = browser.language.texts();
    let body = html! {
        @if shown.next.starts_with(AUTHORIZE) {
            p { (texts.sign_in_to_continue) }
        }
        @if let Some(complaint) = &shown.complaint {
            div.panel.error role="alert" { p { (complaint) } }
        }
        (password_form(browser, shown))
    };
    Page::new(browser, texts.sign_in, body).status(shown.status).into_response()
}

fn password_form(browser: &Browser, shown: &Shown) -> Markup {
    let texts = browser.language.texts();
    html! {
        form method="post" action=(SIGN_IN) {
            (form_token(browser))
            input type="hidden" name="next" value=(shown.next);
            label for="email" { (texts.email) }
            input #email type="email" name="email" autocomplete="username" required value=(shown.email)
                autofocus[shown.email.is_empty()];
            label for="password" { (texts.password) }
            input #password type="password" name="password" autocomplete="current-password" required
                autofocus[!shown.email.is_empty()];
            button.primary { (texts.sign_in) }
        }
    }
}

//! Consent: which program wants which virtual server.

use axum::{
    extract::{RawQuery, State},
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};
use puente_domain::{key::Scope, oauth::ClientKind};
use puente_gateway::{
    Actor,
    oauth::{Asked, Authorization, AuthorizeError, Decision},
};
use url::Url;

use super::{
    browser::{Browser, Person, Signed},
    layout::{Page, form_token},
    told::Told,
};
use crate::{
    ApiState,
    oauth::{AUTHORIZE, Fields},
};

/// The client is looked at only once somebody is signed in: nobody else makes us read its metadata document.
pub(super) async fn show(State(state): State<ApiState>, RawQuery(query): RawQuery, person: Person) -> Response {
    let Person { browser, actor } = person;
    let fields = match Fields::parse(query.unwrap_or_default().as_bytes()) {
        Ok(fields) => fields,
        Err(error) => return Told::bad_request(&browser, &error.to_string()),
    };
    match state.gateway.check_authorization(asked(&fields), &browser.base.0).await {
        Ok(authorization) => page(&state, &browser, &actor, &authorization),
        Err(AuthorizeError::Shown(error)) => Told::bad_request(&browser, &error.to_string()),
        Err(AuthorizeError::Redirected(location)) => Redirect::to(&location).into_response(),
    }
}

pub(super) async fn submit(State(state): State<ApiState>, signed: Signed) -> Response {
    let Signed { browser, actor, fields } = signed;
    let sealed = fields.get("request").unwrap_or_default();
    let Some(authorization) = state.gateway.open_authorization(&actor, sealed) else { return Told::expired(&browser) };
    let decision = match (fields.get("decision"), fields.get("scope")) {
        (Some("allow"), Some("mcp")) => Decision::Allow(Scope::Mcp),
        (Some("allow"), _) => Decision::Allow(Scope::McpRead),
        _ => Decision::Deny,
    };
    let decided = state.gateway.decide_authorization(&actor, &authorization, decision, &browser.base.0).await;
    match decided {
        Ok(location) => Redirect::to(&location).into_response(),
        Err(error) => crate::problem::Problem::from(error).into_response(),
    }
}

fn asked(fields: &Fields) -> Asked {
    Asked {
        response_type: fields.owned("response_type"),
        client_id: fields.owned("client_id"),
        redirect_uri: fields.owned("redirect_uri"),
        scope: fields.owned("scope"),
        state: fields.owned("state"),
        resource: fields.owned("resource"),
        code_challenge: fields.owned("code_challenge"),
        code_challenge_method: fields.owned("code_challenge_method"),
    }
}

fn page(state: &ApiState, browser: &Browser, actor: &Actor, authorization: &Authorization) -> Response {
    let texts = browser.language.texts();
    let server = authorization.server.as_str();
    let allowed = state.gateway.may_enter(actor, server).is_ok();
    let description = state.gateway.server_description(server).filter(|_| allowed);
    let body = html! {
        p { (texts.wants) }
        (who(browser, authorization, description.as_deref()))
        form method="post" action=(AUTHORIZE) {
            (form_token(browser))
            input type="hidden" name="request" value=(state.gateway.seal_authorization(actor, authorization));
            @if allowed {
                (scopes(browser, authorization))
                p.quiet { (texts.revoke_later) }
            } @else {
                div.panel.error { p { (texts.not_granted) } }
            }
            div.buttons {
                @if allowed {
                    button.primary name="decision" value="allow" { (texts.allow) }
                    button name="decision" value="deny" { (texts.deny) }
                } @else {
                    button name="decision" value="deny" { (texts.back_to_client) }
                }
            }
        }
    };
    // Browsers apply the policy to where a form is redirected, too.
    Page::new(browser, texts.consent, body).form_target(source_of(&authorization.redirect_uri)).into_response()
}

fn who(browser: &Browser, authorization: &Authorization, description: Option<&str>) -> Markup {
    let texts = browser.language.texts();
    let client = &authorization.client;
    let name = browser.actor.as_ref().map(|actor| actor.principal.name.clone()).unwrap_or_default();
    html! {
        section.panel {
            h2 { (client.name) }
            p.quiet { (texts.client_unchecked) }
            dl {
                @if client.kind == ClientKind::Document {
                    dt { (texts.known_as) }
                    dd { (client.id) }
                }
                dt { (texts.answers_to) }
                dd { (target(&authorization.redirect_uri)) }
                dt { (texts.virtual_server) }
                dd {
                    strong { (authorization.server) }
                    @if let Some(description) = description { br; (description) }
                }
                dt { (texts.for_account) }
                dd { (name) }
            }
        }
    }
}

/// Only what was asked for can be given, and less of it.
fn scopes(browser: &Browser, authorization: &Authorization) -> Markup {
    let texts = browser.language.texts();
    let whole = authorization.scope == Scope::Mcp;
    html! {
        fieldset {
            legend { (texts.what_it_may) }
            @if whole {
                label { input type="radio" name="scope" value="mcp" checked; " " (texts.everything) }
            }
            label { input type="radio" name="scope" value="mcp:read" checked[!whole]; " " (texts.only_read) }
        }
    }
}

/// Where an answer goes, as a person reads it.
fn target(redirect: &str) -> String {
    let Ok(url) = Url::parse(redirect) else { return String::new() };
    match url.host_str() {
        Some(host) if url.scheme() == "https" => host.to_owned(),
        Some(host) => format!("{}://{host}", url.scheme()),
        None => format!("{}:", url.scheme()),
    }
}

/// The same as a source of a content security policy.
fn source_of(redirect: &str) -> Option<String> {
    let url = Url::parse(redirect).ok()?;
    Some(match url.scheme() {
        "http" | "https" => url.origin().ascii_serialization(),
        scheme => format!("{scheme}:"),
    })
}

//! The person's API keys.

use std::time::Duration;

use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use http::StatusCode;
use maud::{Markup, html};
use puente_domain::{
    Timestamp,
    key::{ApiKey, Scope},
};
use puente_gateway::{
    Actor, Error,
    admin::keys::{CreatedKey, NewKey},
};
use puente_storage::Page as Part;
use secrecy::ExposeSecret;

use super::{failed, moment::moment};
use crate::{
    ApiState,
    extract::Path,
    oauth::Fields,
    pages::{
        browser::{Browser, Person, Signed},
        layout::{Page, Section, form_token},
    },
    problem::{Kind, Problem},
};

/// What is shown above the list.
enum Notice {
    None,
    Made(CreatedKey),
    Refused(String),
}

pub(super) async fn show(State(state): State<ApiState>, person: Person) -> Response {
    page(&state, &person.browser, &person.actor, &Notice::None).await
}

pub(super) async fn create(State(state): State<ApiState>, signed: Signed) -> Response {
    let Signed { browser, actor, fields } = signed;
    let made = match new_key(&actor, &fields, state.gateway.now()) {
        Ok(new) => state.gateway.create_key(&actor, new).await,
        Err(error) => Err(error),
    };
    let notice = match made {
        Ok(made) => Notice::Made(made),
        Err(error @ (Error::Invalid(_) | Error::Conflict(_) | Error::Refused(_))) => Notice::Refused(error.to_string()),
        Err(error) => return failed(&browser, error),
    };
    page(&state, &browser, &actor, &notice).await
}

fn new_key(actor: &Actor, fields: &Fields, now: Timestamp) -> Result<NewKey, Error> {
    let name = fields.get("name").unwrap_or_default().parse();
    let days = |days: u64| now + Duration::from_hours(days * 24);
    Ok(NewKey {
        name: name.map_err(|error: puente_domain::NameError| Error::invalid("name", error.to_string()))?,
        owner: None,
        role: actor.principal.role,
        scopes: match fields.get("may") {
            Some("everything") => Vec::new(),
            Some("call") => vec![Scope::Mcp],
            _ => vec![Scope::McpRead],
        },
        expires_at: match fields.get("days") {
            Some("none") => None,
            Some("90") => Some(days(90)),
            Some("365") => Some(days(365)),
            _ => Some(days(30)),
        },
    })
}

pub(super) async fn act(
    State(state): State<ApiState>,
    Path((key, act)): Path<(String, String)>,
    signed: Signed,
) -> Response {
    let (gateway, actor) = (&state.gateway, &signed.actor);
    let done = match act.as_str() {
        "disable" => gateway.disable_key(actor, &key).await.map(drop),
        "enable" => gateway.enable_key(actor, &key).await.map(drop),
        "delete" => gateway.delete_key(actor, &key).await,
        _ => return Problem::new(Kind::NotFound, "no such act").into_response(),
    };
    match done {
        Ok(()) | Err(Error::NotFound { .. }) => Redirect::to(Section::Keys.path()).into_response(),
        Err(error) => failed(&signed.browser, error),
    }
}

async fn page(state: &ApiState, browser: &Browser, actor: &Actor, notice: &Notice) -> Response {
    let part = Part { after: None, limit: Part::MAX_LIMIT };
    let keys = match state.gateway.own_keys(actor, &part).await {
        Ok(keys) => keys.items,
        Err(error) => return failed(browser, error),
    };
    let (texts, now) = (browser.language.texts(), state.gateway.now());
    let body = html! {
        (told(browser, notice))
        p { (texts.keys_intro) }
        @if keys.is_empty() { p { (texts.no_keys) } }
        @for key in &keys { (panel(browser, key, now)) }
        h2 { (texts.new_key) }
        (form(browser))
    };
    let status = if matches!(notice, Notice::Refused(_)) { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Page::new(browser, texts.keys, body).section(Section::Keys).status(status).into_response()
}

fn told(browser: &Browser, notice: &Notice) -> Markup {
    let texts = browser.language.texts();
    html! {
        @match notice {
            Notice::None => {}
            Notice::Made(made) => div.panel.success role="status" {
                p { (texts.key_made) }
                pre { code { (made.secret.expose_secret()) } }
            }
            Notice::Refused(why) => div.panel.error role="alert" {
                p { (texts.failed) " " span lang="en" { (why) } }
            }
        }
    }
}

fn panel(browser: &Browser, key: &ApiKey, now: Timestamp) -> Markup {
    let texts = browser.language.texts();
    let expired = key.expires_at.is_some_and(|end| end <= now);
    let state = match (key.disabled_at, expired) {
        (Some(_), _) => texts.key_disabled,
        (None, true) => texts.key_expired,
        (None, false) => texts.key_active,
    };
    let switch = if key.disabled_at.is_some() { ("enable", texts.enable) } else { ("disable", texts.disable) };
    html! {
        section.panel {
            h2 { (key.name) }
            dl {
                dt { (texts.key_state) }
                dd { (state) @if let Some(end) = key.expires_at { ", " (texts.until) " " (moment(end)) } }
                dt { (texts.last_used) }
                dd { @if let Some(last) = key.last_used_at { (moment(last)) } @else { (texts.never) } }
                dt { (texts.known_as) }
                dd { code { (key.prefix) "…" } }
            }
            form method="post" {
                (form_token(browser))
                div.buttons {
                    @for (act, label) in [switch, ("delete", texts.delete)] {
                        button.danger[act == "delete"] formaction={ (Section::Keys.path()) "/" (key.id) "/" (act) }
                            aria-label={ (label) ": " (key.name) } { (label) }
                    }
                }
            }
        }
    }
}

fn form(browser: &Browser) -> Markup {
    let texts = browser.language.texts();
    let may = [("read", texts.may_read), ("call", texts.may_call), ("everything", texts.may_everything)];
    let days = [("30", texts.days_30), ("90", texts.days_90), ("365", texts.days_365), ("none", texts.no_end)];
    html! {
        form.panel method="post" action=(Section::Keys.path()) {
            (form_token(browser))
            label for="name" { (texts.name) }
            input #name type="text" name="name" required maxlength="64" aria-describedby="name-hint" autocomplete="off";
            p #name-hint .quiet { (texts.name_hint) }
            label for="may" { (texts.may) }
            select #may name="may" { @for (value, text) in may { option value=(value) { (text) } } }
            label for="days" { (texts.valid_for) }
            select #days name="days" { @for (value, text) in days { option value=(value) { (text) } } }
            button.primary { (texts.create) }
        }
    }
}

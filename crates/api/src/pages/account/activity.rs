//! What the person and its programs did.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use maud::{Markup, html};
use puente_domain::audit::AuditEvent;
use puente_storage::{AuditFilter, Page as Part};
use serde::Deserialize;

use super::{failed, moment::moment};
use crate::{
    ApiState,
    extract::Query,
    pages::{
        browser::{Browser, Person},
        layout::{Page, Section},
    },
};

/// How many events a page shows.
const SHOWN: u32 = 50;

#[derive(Deserialize)]
pub(super) struct From {
    after: Option<String>,
}

/// Administrators see only their own here, too.
pub(super) async fn show(State(state): State<ApiState>, Query(from): Query<From>, person: Person) -> Response {
    let Person { browser, actor } = person;
    let filter = AuditFilter { subject: Some(actor.principal.subject), ..AuditFilter::default() };
    let events = match state.gateway.audit_list(&actor, filter, &Part { after: from.after, limit: SHOWN }).await {
        Ok(events) => events,
        Err(error) => return failed(&browser, error),
    };
    let texts = browser.language.texts();
    let body = html! {
        p { (texts.activity_intro) }
        @if events.items.is_empty() { p { (texts.no_activity) } } @else { (table(&browser, &events.items)) }
        @if let Some(next) = events.next {
            p { a href={ (Section::Activity.path()) "?after=" (next) } { (texts.older) } }
        }
    };
    Page::new(&browser, texts.activity, body).section(Section::Activity).into_response()
}

fn table(browser: &Browser, events: &[AuditEvent]) -> Markup {
    let texts = browser.language.texts();
    html! {
        table.stack {
            thead {
                tr {
                    @for heading in [texts.when, texts.action, texts.target, texts.outcome] {
                        th scope="col" { (heading) }
                    }
                }
            }
            tbody {
                @for event in events {
                    tr {
                        td { (moment(event.at)) }
                        td lang="en" { (event.action) }
                        td { (event.target) @if let Some(server) = &event.server { " (" (server) ")" } }
                        td lang="en" { (event.outcome) }
                    }
                }
            }
        }
    }
}

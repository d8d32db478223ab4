//! Programs that act for the person.

use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};
use puente_domain::{FamilyId, key::Scope};
use puente_gateway::oauth::ConnectedClient;

use super::{failed, moment::moment};
use crate::{
    ApiState,
    extract::Path,
    pages::{
        ACCOUNT,
        browser::{Browser, Person, Signed},
        layout::{Page, Section, form_token},
    },
};

pub(super) async fn show(State(state): State<ApiState>, person: Person) -> Response {
    let Person { browser, actor } = person;
    let connected = match state.gateway.own_connections(&actor).await {
        Ok(connected) => connected,
        Err(error) => return failed(&browser, error),
    };
    let texts = browser.language.texts();
    let body = html! {
        p { (texts.clients_intro) }
        @if connected.is_empty() { p { (texts.no_clients) } }
        @for client in &connected { (panel(&browser, client)) }
    };
    Page::new(&browser, texts.clients, body).section(Section::Clients).into_response()
}

fn panel(browser: &Browser, connected: &ConnectedClient) -> Markup {
    let texts = browser.language.texts();
    let ConnectedClient { connection, client } = connected;
    let whole = connection.scopes.contains(&Scope::Mcp);
    let label = format!("{}: {}, {}", texts.disconnect, client.name, connection.server);
    html! {
        section.panel {
            h2 { (client.name) }
            dl {
                dt { (texts.virtual_server) }
                dd { (connection.server) }
                dt { (texts.what_it_may) }
                dd { @if whole { (texts.everything) } @else { (texts.only_read) } }
                dt { (texts.connected) }
                dd { (moment(connection.created_at)) }
                dt { (texts.last_used) }
                dd { (moment(connection.last_used_at)) }
            }
            form method="post" action={ (ACCOUNT) "/clients/" (connection.family) "/disconnect" } {
                (form_token(browser))
                button.danger aria-label=(label) { (texts.disconnect) }
            }
        }
    }
}

pub(super) async fn disconnect(
    State(state): State<ApiState>,
    Path(family): Path<FamilyId>,
    signed: Signed,
) -> Response {
    match state.gateway.disconnect(&signed.actor, family).await {
        // Twice is no mistake: somebody went back and pressed again.
        Ok(()) | Err(puente_gateway::Error::NotFound { .. }) => Redirect::to(ACCOUNT).into_response(),
        Err(error) => failed(&signed.browser, error),
    }
}

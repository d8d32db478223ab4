//! Pages that only tell something.

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use maud::html;

use super::{ACCOUNT, browser::Browser, layout::Page};

/// A page that tells why something cannot go on.
pub(super) struct Told;

impl Told {
    /// A form that did not come from one of our pages.
    pub(super) fn forged(browser: &Browser) -> Response {
        Self::page(browser, browser.language.texts().forged, None, StatusCode::FORBIDDEN)
    }

    /// A consent page that waited too long.
    pub(super) fn expired(browser: &Browser) -> Response {
        Self::page(browser, browser.language.texts().expired, None, StatusCode::BAD_REQUEST)
    }

    /// An authorization request whose sender is not to be trusted.
    pub(super) fn bad_request(browser: &Browser, reason: &str) -> Response {
        Self::page(browser, browser.language.texts().bad_request, Some(reason), StatusCode::BAD_REQUEST)
    }

    /// An account that may not do it.
    pub(super) fn refused(browser: &Browser, reason: &str) -> Response {
        Self::page(browser, browser.language.texts().failed, Some(reason), StatusCode::FORBIDDEN)
    }

    fn page(browser: &Browser, text: &str, reason: Option<&str>, status: StatusCode) -> Response {
        let texts = browser.language.texts();
        let body = html! {
            div.panel.error {
                p { (text) }
                @if let Some(reason) = reason {
                    p.quiet { (texts.reason) ": " span lang="en" { (reason) } }
                }
            }
            p { a href=(ACCOUNT) { (texts.to_account) } }
        };
        Page::new(browser, texts.cannot_go_on, body).status(status).into_response()
    }
}

//! What all pages have in common.

use axum::response::{Html, IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode, header};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use url::form_urlencoded;

use super::{
    ACCOUNT, SIGN_OUT,
    browser::{Browser, with_cookie},
    language::Language,
    style,
    texts::Texts,
};

/// Pages load their style sheet, send forms to ourselves, and nothing else.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'";

/// A page before it is a response.
pub(super) struct Page<'a> {
    pub(super) browser: &'a Browser,
    pub(super) title: &'a str,
    /// The section of the account that is shown.
    pub(super) section: Option<Section>,
    pub(super) body: Markup,
    pub(super) status: StatusCode,
    /// Where else a form may lead, as a source of the content security policy.
    pub(super) form_target: Option<String>,
}

/// A section of the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Section {
    Clients,
    Keys,
    Activity,
}

impl Section {
    const ALL: [Self; 3] = [Self::Clients, Self::Keys, Self::Activity];

    pub(super) const fn path(self) -> &'static str {
        match self {
            Self::Clients => ACCOUNT,
            Self::Keys => "/account/keys",
            Self::Activity => "/account/activity",
        }
    }

    pub(super) const fn name(self, texts: &Texts) -> &'static str {
        match self {
            Self::Clients => texts.clients,
            Self::Keys => texts.keys,
            Self::Activity => texts.activity,
        }
    }
}

impl<'a> Page<'a> {
    pub(super) fn new(browser: &'a Browser, title: &'a str, body: Markup) -> Self {
        Self { browser, title, section: None, body, status: StatusCode::OK, form_target: None }
    }

    pub(super) fn section(self, section: Section) -> Self {
        Self { section: Some(section), ..self }
    }

    pub(super) fn status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    pub(super) fn form_target(self, source: Option<String>) -> Self {
        Self { form_target: source, ..self }
    }

    fn markup(&self) -> Markup {
        let (browser, texts) = (self.browser, self.browser.language.texts());
        html! {
            (DOCTYPE)
            html lang=(browser.language.code()) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="robots" content="noindex";
                    title { (self.title) " · Puente" }
                    link rel="stylesheet" href=(style::PATH);
                }
                body {
                    a.skip href="#content" { (texts.skip) }
                    (top(browser, self.section))
                    main #content .narrow[self.section.is_none()] {
                        h1 { (self.title) }
                        (self.body)
                    }
                    (bottom(browser))
                }
            }
        }
    }
}

impl IntoResponse for Page<'_> {
    fn into_response(self) -> Response {
        let policy = match &self.form_target {
            Some(target) => format!("{POLICY} {target}"),
            None => POLICY.to_owned(),
        };
        let mut response = (self.status, Html(self.markup().into_string())).into_response();
        let headers = response.headers_mut();
        if let Ok(policy) = policy.parse() {
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        // Without a referrer browsers say `Origin: null` of our own forms, too.
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
        let opener = HeaderName::from_static("cross-origin-opener-policy");
        headers.insert(opener, HeaderValue::from_static("same-origin"));
        with_cookie(response, self.browser.new_cookie.as_deref())
    }
}

/// Every form carries this.
pub(super) fn form_token(browser: &Browser) -> Markup {
    html! { input type="hidden" name="form_token" value=(browser.token()); }
}

fn top(browser: &Browser, section: Option<Section>) -> Markup {
    let texts = browser.language.texts();
    html! {
        header {
            div {
                a.brand href=(ACCOUNT) { "Puente" }
                @if let Some(shown) = section {
                    nav aria-label=(texts.sections) {
                        ul {
                            @for item in Section::ALL {
                                li {
                                    a href=(item.path()) aria-current=[(item == shown).then_some("page")] {
                                        (item.name(texts))
                                    }
                                }
                            }
                        }
                    }
                }
                @if let Some(actor) = &browser.actor {
                    span.quiet { (texts.signed_in_as) " " (actor.principal.name) }
                    form method="post" action=(SIGN_OUT) {
                        (form_token(browser))
                        button { (texts.sign_out) }
                    }
                }
            }
        }
    }
}

fn bottom(browser: &Browser) -> Markup {
    let next: String = form_urlencoded::byte_serialize(browser.here.as_bytes()).collect();
    html! {
        footer {
            nav aria-label=(browser.language.texts().language) {
                ul {
                    @for language in Language::ALL {
                        li {
                            @if language == browser.language {
                                span aria-current="true" lang=(language.code()) { (language.name()) }
                            } @else {
                                a href=(PreEscaped(format!("/language/{}?next={next}", language.code())))
                                    lang=(language.code()) hreflang=(language.code()) { (language.name()) }
                            }
                        }
                    }
                }
            }
        }
    }
}

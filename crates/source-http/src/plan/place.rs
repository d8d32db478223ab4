//! Where an API is, and whether its author may go there.

use std::net::IpAddr;

use http::Uri;
use puente_domain::catalog::Origin;
use puente_sources::{Definition, Finding};

use super::fatal;
use crate::settings::{AuthSettings, SourceSettings};

/// The URL that paths of operations are put behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Base {
    /// `https://api.example.com:8443`.
    pub(crate) origin: String,
    /// `/v1`, without a slash at its end; empty for the root.
    pub(crate) path: String,
}

impl Base {
    /// Reads `http(s)://host[:port][/path]`.
    ///
    /// # Errors
    /// What is wrong, for the author of the catalog.
    pub(crate) fn parse(url: &str) -> Result<Self, String> {
        let wrong = || "must be a URL like https://api.example.com/v1".to_owned();
        let uri: Uri = url.parse().map_err(|_| wrong())?;
        let scheme = uri.scheme_str().filter(|scheme| matches!(*scheme, "http" | "https")).ok_or_else(wrong)?;
        let authority = uri.authority().ok_or_else(wrong)?;
        if authority.as_str().contains('@') {
            return Err("must not hold a name or password; say them in `auth`".to_owned());
        }
        if uri.query().is_some() {
            return Err("must not hold a query; say it in the paths of the tools, or in `auth`".to_owned());
        }
        let path = uri.path().trim_end_matches('/').to_owned();
        Ok(Self { origin: format!("{scheme}://{authority}"), path })
    }

    /// The host's address, if it is written as one.
    fn literal(&self) -> Option<IpAddr> {
        let uri: Uri = self.origin.parse().ok()?;
        uri.host()?.trim_matches(['[', ']']).parse().ok()
    }
}

/// What is wrong with the places that a source names.
pub(super) fn check(definition: &Definition, settings: &SourceSettings) -> Vec<Finding> {
    let mut findings = Vec::new();
    let editor = definition.origin == Origin::Editor;
    let mut places = Vec::new();
    places.extend(settings.base_url.as_ref().map(|url| ("base_url".to_owned(), url)));
    places.extend(settings.servers.iter().map(|(name, url)| (format!("servers.{name}"), url)));
    if let Some(AuthSettings::OAuth2(oauth)) = &settings.auth {
        places.push(("auth.token_url".to_owned(), &oauth.token_url));
    }
    for (location, url) in places.into_iter().filter(|(_, url)| !is_unresolved(url)) {
        match Base::parse(url) {
            Err(problem) => findings.push(fatal(location, problem)),
            Ok(base) => findings.extend(check_base(definition, settings, &location, &base)),
        }
    }
    let import = settings.openapi.as_ref().filter(|import| !is_unresolved(&import.document));
    if let Some(message) = import.and_then(|import| import.check_reach(definition.origin).err()) {
        findings.push(fatal("openapi.document", message));
    }
    if editor && !settings.allow_addresses.is_empty() {
        findings.push(fatal("allow_addresses", "only an operator's catalog may allow addresses"));
    }
    findings.extend(headers(settings));
    findings
}

fn check_base(definition: &Definition, settings: &SourceSettings, location: &str, base: &Base) -> Option<Finding> {
    if let Some(address) = base.literal().filter(|address| !settings.allow_addresses.contains(address)) {
        let refused = definition.egress.check(address, definition.origin).err();
        if let Some(refused) = refused {
            return Some(fatal(location, refused.to_string()));
        }
    }
    None
}

fn headers(settings: &SourceSettings) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (name, value) in &settings.headers {
        let location = format!("headers.{name}");
        if name.parse::<http::HeaderName>().is_err() || is_transport(name) {
            findings.push(fatal(location, "this is no header that can be set"));
        } else if !is_unresolved(value) && http::HeaderValue::from_str(value).is_err() {
            findings.push(fatal(location, "the value holds characters that headers cannot have"));
        }
    }
    if let Some(AuthSettings::Header { name, .. }) = &settings.auth
        && (name.parse::<http::HeaderName>().is_err() || is_transport(name))
    {
        findings.push(fatal("auth.name", "this is no header that can be set"));
    }
    findings
}

/// Headers that belong to the connection, not to what is said over it.
pub(super) fn is_transport(name: &str) -> bool {
    const TRANSPORT: [&str; 10] = [
        "host",
        "content-length",
        "transfer-encoding",
        "connection",
        "keep-alive",
        "te",
        "trailer",
        "upgrade",
        "expect",
        "proxy-authorization",
    ];
    TRANSPORT.iter().any(|transport| name.eq_ignore_ascii_case(transport))
}

/// Whether a text still holds a reference to a secret.
fn is_unresolved(text: &str) -> bool {
    text.contains("${")
}

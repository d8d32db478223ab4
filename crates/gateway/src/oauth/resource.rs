//! Resource indicators (RFC 8707): from the address of an endpoint to its virtual server.

use puente_domain::{Name, server::VirtualServer};
use url::Url;

use super::{Code, OAuthError};

/// `aud` of a token for a virtual server begins with this. It names the server and not its address, so that tokens
/// survive a move, and names of this machine do not part them.
pub const AUDIENCE_PREFIX: &str = "puente-mcp:";

/// `aud` of tokens for the virtual server `name`.
#[must_use]
pub fn audience(name: &str) -> String {
    format!("{AUDIENCE_PREFIX}{name}")
}

/// The virtual server whose endpoint `resource` is, under the address `base` that the client used. Clients from before
/// 2025-06-18 name none, and mean `/mcp`.
pub(super) fn server(resource: Option<&str>, base: &Url) -> Result<Name, OAuthError> {
    let name = match resource {
        None => VirtualServer::DEFAULT.to_owned(),
        Some(resource) => named(resource, base).ok_or_else(|| {
            let told = format!("`resource` must be the address of an MCP endpoint below {base}");
            OAuthError::new(Code::InvalidTarget, told)
        })?,
    };
    name.parse().map_err(|_| OAuthError::new(Code::InvalidTarget, "`resource` names no virtual server"))
}

fn named(resource: &str, base: &Url) -> Option<String> {
    let url = Url::parse(resource).ok()?;
    let plain = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    if !plain || url.password().is_some() || url.origin() != base.origin() {
        return None;
    }
    let path = url.path().strip_prefix(base.path().trim_end_matches('/'))?;
    let path = path.strip_suffix('/').unwrap_or(path);
    match path {
        "/mcp" | "" => Some(VirtualServer::DEFAULT.to_owned()),
        _ => path.strip_prefix("/servers/")?.strip_suffix("/mcp").map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_endpoints_are_resources() {
        let base: Url = "https://puente.example/".parse().unwrap();
        let table = [
            (None, Some("default")),
            (Some("https://puente.example/mcp"), Some("default")),
            (Some("https://PUENTE.example:443/mcp/"), Some("default")),
            (Some("https://puente.example"), Some("default")),
            (Some("https://puente.example/servers/finance/mcp"), Some("finance")),
            (Some("https://puente.example/servers/../mcp"), Some("default")),
            (Some("https://puente.example/servers/a/b/mcp"), None),
            (Some("https://puente.example/servers//mcp"), None),
            (Some("https://puente.example/api/v1"), None),
            (Some("https://puente.example/mcp#x"), None),
            (Some("https://puente.example/mcp?x"), None),
            (Some("https://u:p@puente.example/mcp"), None),
            (Some("http://puente.example/mcp"), None),
            (Some("https://puente.example:8443/mcp"), None),
            (Some("https://puente.example.evil.example/mcp"), None),
            (Some("mcp"), None),
        ];
        for (resource, expected) in table {
            assert_eq!(server(resource, &base).ok().as_ref().map(Name::as_str), expected, "{resource:?}");
        }
    }
}

//! What a client may ask for: `mcp`, everything that the person may do on the virtual server, or `mcp:read`.

use puente_domain::{Name, key::Scope};

use super::{Code, OAuthError};

/// The scopes that metadata documents name.
pub const SUPPORTED: [&str; 2] = ["mcp", "mcp:read"];

/// From `scope`, values separated by spaces. Without it: everything. What else clients ask for (`offline_access`, …) is
/// left out, as RFC 6749, section 3.3 allows; if nothing is left, that is an error.
pub(super) fn requested(scope: Option<&str>) -> Result<Scope, OAuthError> {
    let values: Vec<&str> = scope.unwrap_or_default().split_whitespace().collect();
    if values.is_empty() || values.contains(&"mcp") {
        return Ok(Scope::Mcp);
    }
    if values.contains(&"mcp:read") {
        return Ok(Scope::McpRead);
    }
    Err(OAuthError::new(Code::InvalidScope, format!("scopes are {}", SUPPORTED.join(" and "))))
}

/// What a token says about a consent: the scope itself.
pub(super) fn text(scopes: &[Scope]) -> String {
    let told = scopes.iter().filter(|scope| !matches!(scope, Scope::Server(_))).map(ToString::to_string);
    told.collect::<Vec<_>>().join(" ")
}

/// What a principal gets: the scope, on this virtual server alone.
pub(super) fn narrowed(scope: Scope, server: &Name) -> Vec<Scope> {
    vec![scope, Scope::Server(server.clone())]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_scopes_are_left_out() {
        let table = [
            (None, Some(Scope::Mcp)),
            (Some(""), Some(Scope::Mcp)),
            (Some("mcp:read offline_access"), Some(Scope::McpRead)),
            (Some("mcp:read mcp"), Some(Scope::Mcp)),
            (Some("openid"), None),
            (Some("api"), None),
            (Some("MCP"), None),
        ];
        for (asked, granted) in table {
            assert_eq!(requested(asked).ok(), granted, "{asked:?}");
        }
    }
}

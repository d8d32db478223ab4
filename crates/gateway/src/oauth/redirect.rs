//! Redirect URIs: which a client may have, and when two are the same (OAuth 2.1, sections 2.3.1 and 8.4.2).

use url::{Host, Url};

/// The longest redirect URI, in bytes.
const LONGEST: usize = 2000;

/// Schemes that run code, read files or leave the browser's own rules when somebody is sent to them.
const HARMFUL: [&str; 14] = [
    "about",
    "blob",
    "chrome",
    "data",
    "file",
    "filesystem",
    "ftp",
    "intent",
    "javascript",
    "mailto",
    "vbscript",
    "view-source",
    "ws",
    "wss",
];

/// Whether a client may have this redirect URI: `https`, `http` on loopback, or an application's own scheme; without a
/// fragment, credentials, or anything that cannot stand in a header.
pub(super) fn is_allowed(uri: &str) -> bool {
    if uri.len() > LONGEST || uri.chars().any(|c| c.is_control() || c.is_whitespace() || c == '\\') {
        return false;
    }
    let Ok(url) = Url::parse(uri) else { return false };
    if url.fragment().is_some() || !url.username().is_empty() || url.password().is_some() {
        return false;
    }
    match url.scheme() {
        "https" => url.host().is_some(),
        "http" => is_loopback(&url),
        scheme => !HARMFUL.contains(&scheme),
    }
}

/// Whether a client that has `registered` may use `given`: the same text, or a loopback address with another port.
pub(super) fn matches(registered: &str, given: &str) -> bool {
    if registered == given {
        return true;
    }
    let (Ok(registered), Ok(mut given)) = (Url::parse(registered), Url::parse(given)) else { return false };
    if given.scheme() != "http" || !is_loopback(&given) || !is_loopback(&registered) {
        return false;
    }
    given.set_port(registered.port()).is_ok() && given == registered
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn harmful_redirects_are_refused() {
        for uri in [
            "https://client.example/callback?x=1",
            "http://127.0.0.1:3000/callback",
            "http://[::1]/",
            "http://localhost:1/cb",
            "cursor://anysphere.cursor-mcp/oauth/callback",
            "com.example.app:/callback",
        ] {
            assert!(is_allowed(uri), "{uri}");
        }
        for uri in [
            "http://client.example/callback",
            "http://localhost.evil.example/",
            "http://127.0.0.1.evil.example/",
            "https://client.example/#x",
            "https://user@client.example/",
            "https://client.example/\r\nSet-Cookie: x",
            "https://client.example\\@evil.example",
            "javascript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "//evil.example",
            "/callback",
            "",
        ] {
            assert!(!is_allowed(uri), "{uri}");
        }
    }

    #[test]
    fn redirects_are_compared_exactly_but_for_loopback_ports() {
        let same = [
            ("https://client.example/cb", "https://client.example/cb"),
            ("http://127.0.0.1/cb", "http://127.0.0.1:49152/cb"),
            ("http://localhost:3000/cb", "http://localhost:4000/cb"),
            ("http://[::1]:1/cb", "http://[::1]:2/cb"),
        ];
        for (registered, given) in same {
            assert!(matches(registered, given), "{registered} {given}");
        }
        let different = [
            ("https://client.example/cb", "https://client.example/cb/"),
            ("https://client.example/cb", "https://client.example/cb?x"),
            ("https://client.example/cb", "https://client.example:8443/cb"),
            ("https://client.example/cb", "https://CLIENT.example/cb"),
            ("https://client.example/cb", "https://client.example/../cb"),
            ("http://127.0.0.1/cb", "http://127.0.0.1:49152/other"),
            ("http://127.0.0.1/cb", "http://localhost/cb"),
            ("http://127.0.0.1/cb", "http://127.0.0.1:80@evil.example/cb"),
            ("http://127.0.0.1/cb", "https://127.0.0.1/cb"),
            ("cursor://x/cb", "cursor://x/cb2"),
        ];
        for (registered, given) in different {
            assert!(!matches(registered, given), "{registered} {given}");
        }
    }
}

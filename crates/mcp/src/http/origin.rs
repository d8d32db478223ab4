//! Protection against DNS rebinding (2025-11-25 and later, Streamable HTTP, "Security").

use http::{HeaderMap, HeaderName, header};

/// Which hosts a request may be for, and which pages may send it.
#[derive(Clone, Debug, Default)]
pub struct AllowedHosts(Vec<String>);

/// Why a request is refused, with `403 Forbidden`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OriginError {
    /// The `Host` is not one of ours.
    #[error("the host `{0}` is not served here")]
    Host(String),
    /// The page that sent it is of another host.
    #[error("requests from the origin `{0}` are not allowed")]
    Origin(String),
}

impl AllowedHosts {
    /// Host names and addresses without ports, in any case; `*` allows every host. `localhost`, `127.0.0.1` and `::1`
    /// are not implied.
    #[must_use]
    pub fn new(hosts: impl IntoIterator<Item = String>) -> Self {
        Self(hosts.into_iter().map(|host| host.to_ascii_lowercase()).collect())
    }

    /// Checks `Host` (or the authority of HTTP/2, if `authority` is given) and `Origin`, where there is one.
    pub fn check(&self, headers: &HeaderMap, authority: Option<&str>) -> Result<(), OriginError> {
        let host = authority.or_else(|| text(headers, &header::HOST)).unwrap_or_default();
        if !self.allows(host_of(host)) {
            return Err(OriginError::Host(host.to_owned()));
        }
        let Some(origin) = headers.get(header::ORIGIN) else { return Ok(()) };
        let origin = origin.to_str().unwrap_or_default();
        let allowed = origin.split_once("://").is_some_and(|(_, host)| self.allows(host_of(host)));
        if allowed { Ok(()) } else { Err(OriginError::Origin(origin.to_owned())) }
    }

    fn allows(&self, host: &str) -> bool {
        self.0.iter().any(|allowed| allowed == "*" || allowed.eq_ignore_ascii_case(host))
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// The host of `host:port`, without the brackets of an IPv6 address.
fn host_of(authority: &str) -> &str {
    if let Some(bracketed) = authority.strip_prefix('[') {
        return bracketed.split(']').next().unwrap_or_default();
    }
    authority.split(':').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(host: &str, origin: Option<&str>) -> Result<(), OriginError> {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, host.parse().unwrap());
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, origin.parse().unwrap());
        }
        AllowedHosts::new(["localhost".to_owned(), "::1".to_owned()]).check(&headers, None)
    }

    #[test]
    fn only_our_own_hosts_and_pages_pass() {
        assert_eq!(check("localhost:8000", None), Ok(()));
        assert_eq!(check("LocalHost", Some("http://localhost:3000")), Ok(()));
        assert_eq!(check("[::1]:8000", Some("http://[::1]")), Ok(()));
        assert!(matches!(check("evil.example", None), Err(OriginError::Host(_))));
        assert!(matches!(check("localhost.evil.example", None), Err(OriginError::Host(_))));
        for origin in ["http://evil.example", "null", "http://localhost.evil.example"] {
            assert!(matches!(check("localhost", Some(origin)), Err(OriginError::Origin(_))), "{origin}");
        }
    }
}

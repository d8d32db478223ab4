//! Where a redirect leads (RFC 9110, section 15.4), and what goes along.

use bytes::Bytes;
use http::{
    HeaderMap, Method, StatusCode,
    header::{ACCEPT, CONTENT_TYPE, LOCATION},
};
use url::Url;

use crate::{answer::Answer, request::Prepared};

/// The next request, if the answer is a redirect that may be followed.
///
/// To another host go neither credentials nor bodies nor headers of the operation; from https to http goes nothing.
pub(super) fn next(request: &Prepared, first: &Prepared, answer: &Answer) -> Option<Prepared> {
    let status = answer.status;
    let keeps_method = matches!(status, StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT);
    if !keeps_method && !matches!(status, StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND | StatusCode::SEE_OTHER) {
        return None;
    }
    let here = Url::parse(&format!("{}{}", request.origin, request.target)).ok()?;
    let there = here.join(answer.headers.get(LOCATION)?.to_str().ok()?).ok()?;
    if !matches!(there.scheme(), "http" | "https") || (here.scheme() == "https" && there.scheme() == "http") {
        return None;
    }
    if !there.username().is_empty() || there.password().is_some() {
        return None;
    }
    let same = there.origin() == Url::parse(&first.origin).ok()?.origin();
    let reads = matches!(request.method, Method::GET | Method::HEAD);
    let (method, body) = match (keeps_method || reads, same) {
        (true, true) => (request.method.clone(), request.body.clone()),
        (true, false) if reads => (request.method.clone(), Bytes::new()),
        // What changes something is not done elsewhere.
        (true, false) => return None,
        (false, _) => (Method::GET, Bytes::new()),
    };
    let mut headers = if same { request.headers.clone() } else { HeaderMap::new() };
    if !same {
        headers.extend(request.headers.get(ACCEPT).map(|accept| (ACCEPT, accept.clone())));
    }
    if body.is_empty() {
        headers.remove(CONTENT_TYPE);
    }
    let origin = if same { first.origin.clone() } else { there.origin().ascii_serialization() };
    let target = there[url::Position::BeforePath..url::Position::AfterQuery].to_owned();
    Some(Prepared { method, origin, target, headers, body })
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;
    use crate::auth::Shown;

    fn redirected(method: Method, status: u16, location: &str) -> Option<Prepared> {
        let mut headers = HeaderMap::new();
        headers.insert("x-tenant", HeaderValue::from_static("acme"));
        let request = Prepared {
            method,
            origin: "https://api.example.com".to_owned(),
            target: "/v1/a?b=c".to_owned(),
            headers,
            body: Bytes::from_static(b"{}"),
        };
        let mut headers = HeaderMap::new();
        headers.insert(LOCATION, location.parse().unwrap());
        let status = StatusCode::from_u16(status).unwrap();
        let (file_name, shown) = (String::new(), Shown::default());
        next(&request, &request, &Answer { status, headers, body: Bytes::new(), file_name, shown })
    }

    #[test]
    fn the_same_host_gets_the_same_request() {
        let next = redirected(Method::POST, 307, "/v2/a").unwrap();
        assert_eq!((next.method, next.target.as_str(), next.body.len()), (Method::POST, "/v2/a", 2));
        assert!(next.headers.contains_key("x-tenant"));
        assert_eq!(redirected(Method::POST, 303, "b").unwrap().method, Method::GET);
    }

    #[test]
    fn another_host_gets_no_headers_and_no_bodies() {
        let next = redirected(Method::GET, 302, "https://files.example.net/x?sig=1").unwrap();
        assert_eq!((next.origin.as_str(), next.target.as_str()), ("https://files.example.net", "/x?sig=1"));
        assert!(next.headers.is_empty() && next.body.is_empty());
        assert!(redirected(Method::POST, 308, "https://files.example.net/x").is_none());
    }

    #[test]
    fn nothing_goes_to_http_or_to_strange_places() {
        for location in ["http://api.example.com/v1", "ftp://api.example.com/", "https://u:p@api.example.com/"] {
            assert!(redirected(Method::GET, 302, location).is_none(), "{location}");
        }
        assert!(redirected(Method::GET, 304, "/x").is_none());
    }
}

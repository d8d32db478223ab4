//! One request: signed by its address, sent, its answer looked at.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Request, Response, header};
use hyper::body::Incoming;
use puente_sources::{Outbound, outbound::read_body};
use rusty_s3::Method;
use url::Url;

use crate::error::{S3Error, said};

/// How long a signature holds, and how long one request may take: a part has a few megabytes.
pub(crate) const PATIENCE: Duration = Duration::from_mins(10);
/// How often a request is made that may pass the next time.
const ATTEMPTS: u32 = 4;
/// Before the second attempt; doubled before each further one.
const PAUSE: Duration = Duration::from_millis(500);
/// Answers in XML; a page of a list has a thousand names.
const MAX_ANSWER: usize = 4 << 20;

/// The namespace of S3's answers.
const NAMESPACE: &str = "http://s3.amazonaws.com/doc/2006-03-01/";

/// An answer whose body is small.
pub(crate) struct Answer {
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

/// Sends a request until it is answered or there is no hope; each attempt gets an address that was just signed.
pub(crate) async fn send(
    outbound: &Outbound,
    method: Method,
    address: impl Fn() -> Url,
    body: Bytes,
    doing: &str,
) -> Result<Answer, S3Error> {
    let mut pause = PAUSE;
    for _ in 1..ATTEMPTS {
        match once(outbound, method, &address(), body.clone(), doing).await {
            Err(error) if error.may_pass() => tracing::debug!(%error, "it is tried once more"),
            done => return done,
        }
        tokio::time::sleep(pause).await;
        pause *= 2;
    }
    once(outbound, method, &address(), body, doing).await
}

/// Sends a request once.
pub(crate) async fn once(
    outbound: &Outbound,
    method: Method,
    address: &Url,
    body: Bytes,
    doing: &str,
) -> Result<Answer, S3Error> {
    let work = async {
        let response = open(outbound, method, address, body, doing).await?;
        let (head, body) = response.into_parts();
        let body = read_body(body, MAX_ANSWER).await.map_err(|error| S3Error::odd(doing, error.to_string()))?;
        let body = String::from_utf8_lossy(&body);
        Ok(Answer { headers: head.headers, body: with_namespace(&body) })
    };
    let late = |_| S3Error::odd(doing, "no answer came in time");
    tokio::time::timeout(PATIENCE, work).await.map_err(late)?
}

/// Sends a request once, and returns when the head of a good answer is there.
pub(crate) async fn open(
    outbound: &Outbound,
    method: Method,
    address: &Url,
    body: Bytes,
    doing: &str,
) -> Result<Response<Incoming>, S3Error> {
    let odd = |error: http::Error| S3Error::odd(doing, error.to_string());
    let request = Request::builder().method(method.to_str()).uri(address.as_str());
    let request = request.header(header::CONTENT_LENGTH, body.len()).body(body.into()).map_err(odd)?;
    let unreachable = |source| S3Error::Unreachable { doing: doing.to_owned(), source };
    let response = outbound.send(request).await.map_err(unreachable)?;
    if response.status().is_success() {
        return Ok(response);
    }
    let status = response.status().as_u16();
    let body = read_body(response.into_body(), MAX_ANSWER).await.unwrap_or_default();
    Err(S3Error::Refused { doing: doing.to_owned(), status, said: said(&String::from_utf8_lossy(&body)) })
}

/// Servers that speak S3's protocol name its namespace in several ways, or not at all: the root element gets the right one.
fn with_namespace(body: &str) -> String {
    let is_name = |at: &usize| body[at + 1..].starts_with(|c: char| c.is_ascii_alphabetic());
    let Some(root) = body.match_indices('<').map(|(at, _)| at).find(is_name) else { return body.to_owned() };
    let Some(end) = body[root..].find('>').map(|end| root + end) else { return body.to_owned() };
    let name = body[root..end].find(|c: char| c.is_whitespace() || c == '/').map_or(end, |end| root + end);
    let closing = if body[..end].ends_with('/') { "/" } else { "" };
    format!("{} xmlns=\"{NAMESPACE}\"{closing}{}", &body[..name], &body[end..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_gets_the_namespace() {
        for (body, wanted) in [
            ("<A><B/></A>", "<A xmlns=\"N\"><B/></A>"),
            (
                "<?xml version=\"1.0\"?>\n<A xmlns=\"other\" b='c'><B/></A>",
                "<?xml version=\"1.0\"?>\n<A xmlns=\"N\"><B/></A>",
            ),
            ("<A/>", "<A xmlns=\"N\"/>"),
            ("", ""),
            ("a < b", "a < b"),
            ("<A", "<A"),
        ] {
            assert_eq!(with_namespace(body), wanted.replace("\"N\"", &format!("\"{NAMESPACE}\"")), "{body}");
        }
    }
}

//! Sends requests: credentials, redirects, repetition, limits.

mod redirect;
mod retry;

use std::{collections::BTreeMap, sync::Arc};

use http::{HeaderMap, HeaderName, HeaderValue, Request, header::USER_AGENT};
use http_body_util::Full;
use puente_sources::{
    Outbound, SourceError,
    outbound::{OutboundError, ReadError, read_body},
};
use tokio::time::Instant;

use crate::{
    answer::Answer,
    auth::{Auth, NoToken, Shown},
    request::Prepared,
};

/// Redirects that are followed for one request.
const MAX_REDIRECTS: usize = 5;

/// Sends the requests of one source.
pub(crate) struct Wire {
    name: Arc<str>,
    outbound: Outbound,
    auth: Auth,
    headers: HeaderMap,
    retries: u32,
}

/// How far a request may go.
#[derive(Clone, Copy)]
pub(crate) struct Limits {
    /// Whether it may be sent twice.
    pub(crate) repeatable: bool,
    /// When the caller must have an answer.
    pub(crate) deadline: Instant,
    /// The largest answer.
    pub(crate) max_bytes: usize,
}

impl Wire {
    /// For the source `name`.
    ///
    /// # Errors
    /// A header that cannot be sent.
    pub(crate) fn new(
        name: &str,
        outbound: Outbound,
        auth: Auth,
        headers: &BTreeMap<String, String>,
        retries: u32,
    ) -> Result<Self, String> {
        let mut own = HeaderMap::new();
        own.insert(USER_AGENT, HeaderValue::from_static(concat!("puente/", env!("CARGO_PKG_VERSION"))));
        for (name, value) in headers {
            let wrong = || format!("headers.{name} cannot be sent");
            let key: HeaderName = name.parse().map_err(|_| wrong())?;
            let mut value = HeaderValue::from_str(value).map_err(|_| wrong())?;
            value.set_sensitive(true);
            own.insert(key, value);
        }
        Ok(Self { name: name.into(), outbound, auth, headers: own, retries })
    }

    /// Sends a request until there is an answer that is worth reading. Ends with the deadline only if its caller drops
    /// it then; waiting for another try never goes beyond.
    ///
    /// # Errors
    /// [`SourceError::Unavailable`], [`SourceError::TooLarge`].
    pub(crate) async fn exchange(&self, request: &Prepared, limits: Limits) -> Result<Answer, SourceError> {
        let mut tries = 0;
        loop {
            let result = self.try_once(request, limits).await;
            let Some(wait) = retry::wait(&result, tries, self.retries, limits) else {
                return result.map_err(|failed| self.error(failed));
            };
            tries += 1;
            tracing::debug!(source = %self.name, ?wait, tries, "a request is repeated");
            tokio::time::sleep(wait).await;
        }
    }

    /// One try; a token that is refused is replaced once.
    async fn try_once(&self, request: &Prepared, limits: Limits) -> Result<Answer, Failed> {
        let answer = self.follow(request, limits).await?;
        if answer.status == http::StatusCode::UNAUTHORIZED && self.auth.refused().await {
            return self.follow(request, limits).await;
        }
        Ok(answer)
    }

    async fn follow(&self, request: &Prepared, limits: Limits) -> Result<Answer, Failed> {
        let mut next = request.clone();
        let mut shown = Shown::default();
        for _ in 0..=MAX_REDIRECTS {
            let answer = self.send(&next, next.origin == request.origin, limits, &mut shown).await?;
            match redirect::next(&next, request, &answer) {
                Some(redirected) => next = redirected,
                None => return Ok(Answer { shown, ..answer }),
            }
        }
        Err(Failed::TooManyRedirects)
    }

    /// `own`: it goes to the source's own place, so credentials go with it.
    async fn send(&self, request: &Prepared, own: bool, limits: Limits, shown: &mut Shown) -> Result<Answer, Failed> {
        let Prepared { method, origin, mut target, mut headers, body } = request.clone();
        let file_name = target.split(['?', '#']).next().and_then(|path| path.rsplit('/').next()).unwrap_or_default();
        let file_name = percent_encoding::percent_decode_str(file_name).decode_utf8_lossy().into_owned();
        for (name, value) in self.headers.iter().filter(|(name, _)| own || **name == USER_AGENT) {
            if !headers.contains_key(name) {
                shown.own_header(name, value);
                headers.insert(name.clone(), value.clone());
            }
        }
        if own {
            self.auth.put(&mut target, &mut headers, shown).await.map_err(Failed::Credentials)?;
        }
        let mut sent = Request::new(Full::new(body));
        *sent.method_mut() = method;
        *sent.uri_mut() = format!("{origin}{target}").parse().map_err(|_| Failed::NoUri)?;
        *sent.headers_mut() = headers;
        let response = self.outbound.send(sent).await.map_err(Failed::Outbound)?;
        let (head, body) = response.into_parts();
        let body = read_body(body, limits.max_bytes).await.map_err(Failed::Read)?;
        Ok(Answer { status: head.status, headers: head.headers, body, file_name, shown: Shown::default() })
    }

    fn error(&self, failed: Failed) -> SourceError {
        let unavailable =
            |message: String, cause| SourceError::Unavailable { name: self.name.to_string(), message, cause };
        match failed {
            // Not the system's fault, so it is no reason to leave it alone.
            Failed::Outbound(error) if error.was_refused() => SourceError::Definition(error.to_string()),
            Failed::Outbound(error) => unavailable(error.to_string(), Some(error.into())),
            Failed::Read(ReadError::TooLarge { limit_bytes }) => SourceError::TooLarge { limit_bytes },
            Failed::Read(error) => unavailable(error.to_string(), Some(error.into())),
            Failed::Credentials(NoToken::Forbidden(message)) => SourceError::Definition(message),
            Failed::Credentials(NoToken::NotGiven(message)) => unavailable(message, None),
            Failed::TooManyRedirects => {
                SourceError::failed("the API leads from one address to the next without an end")
            }
            Failed::NoUri => SourceError::failed("these arguments make no address"),
        }
    }
}

/// No answer.
enum Failed {
    Outbound(OutboundError),
    Read(ReadError),
    Credentials(NoToken),
    TooManyRedirects,
    NoUri,
}

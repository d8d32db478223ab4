//! Whether and when a request is sent again.

use std::time::{Duration, SystemTime};

use http::{StatusCode, header::RETRY_AFTER};
use puente_sources::outbound::ReadError;
use tokio::time::Instant;

use super::{Failed, Limits};
use crate::answer::Answer;

const FIRST_WAIT: Duration = Duration::from_millis(200);

/// How long to wait before the next try; `None` if this was the last one.
pub(super) fn wait(result: &Result<Answer, Failed>, tries: u32, retries: u32, limits: Limits) -> Option<Duration> {
    if tries >= retries {
        return None;
    }
    let asked = match result {
        Err(Failed::Outbound(error)) if error.was_refused() => return None,
        // What was not sent cannot run twice.
        Err(Failed::Outbound(error)) if error.was_not_sent() || limits.repeatable => None,
        Err(Failed::Read(ReadError::Broken(_))) if limits.repeatable => None,
        Ok(answer) if limits.repeatable && is_passing(answer.status) => retry_after(answer),
        Ok(_) | Err(_) => return None,
    };
    let backoff = FIRST_WAIT * 2_u32.saturating_pow(tries);
    // Spread, so that many callers do not come back at once.
    let wait = asked.unwrap_or_else(|| backoff.mul_f64(rand::random_range(0.5..1.0)));
    let left = limits.deadline.saturating_duration_since(Instant::now());
    (wait < left).then_some(wait)
}

/// What may be different in a moment.
fn is_passing(status: StatusCode) -> bool {
    matches!(status.as_u16(), 408 | 425 | 429 | 502..=504)
}

/// Seconds or a date (RFC 9110, section 10.2.3).
fn retry_after(answer: &Answer) -> Option<Duration> {
    let text = answer.headers.get(RETRY_AFTER)?.to_str().ok()?;
    if let Ok(seconds) = text.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(text.trim()).ok()?;
    // The API's own clock says how far away its date is.
    let now = answer.headers.get("date").and_then(|date| date.to_str().ok());
    let now = now.and_then(|now| httpdate::parse_http_date(now).ok()).unwrap_or(SystemTime::UNIX_EPOCH);
    (now != SystemTime::UNIX_EPOCH).then(|| date.duration_since(now).unwrap_or_default())
}

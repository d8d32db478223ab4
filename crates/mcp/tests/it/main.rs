//! The protocol service from outside: requests in, responses out.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![expect(clippy::needless_pass_by_value, reason = "values are written in place with `json!`")]

mod envelope;
mod fixture;
mod headers;
mod http_legacy;
mod http_modern;
mod rounds;
mod sessions;
mod sse;
mod stdio;
mod subscriptions;

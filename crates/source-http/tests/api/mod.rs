//! Calls of hand-declared tools.

mod answers;
mod auth;
mod bad_days;
mod places;
mod requests;
pub(crate) mod support;

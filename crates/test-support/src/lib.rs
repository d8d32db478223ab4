//! What Puente's tests share.
//!
//! [`source::TestSource`] offers everything that the official MCP conformance suite asks a server for. [`host`] serves
//! sources over HTTP without the gateway: no users, no limits, no audit.

pub mod host;
pub mod mariadb;
pub mod postgres;
pub mod redis;
pub mod source;

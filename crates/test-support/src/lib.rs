//! What Puente's tests share.
//!
//! [`source::TestSource`] offers everything that the official MCP conformance suite asks a server for. [`host`] serves
//! sources over HTTP without the gateway: no users, no limits, no audit. [`catalog`] writes catalog entries in a few
//! lines.

pub mod catalog;
pub mod host;
pub mod mariadb;
pub mod postgres;
pub mod redis;
pub mod source;

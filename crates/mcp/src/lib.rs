//! The Model Context Protocol service: what every client talks to, knowing no storage and no sources.
//!
//! A transport ([`http`], [`stdio`]) takes bytes from a client, [`envelope`] scans them once, and the era's rules turn
//! them into one internal request for the [`Handler`]. What differs between the eras is data ([`Era`],
//! [`Client`]), not branches in the handler.
//!
//! Reading order: [`era`], [`envelope`], [`handler`], [`outcome`], [`client`], `dispatch`, then `modern` and `legacy`,
//! then [`http`] and [`stdio`].

pub mod client;
mod dispatch;
pub mod envelope;
pub mod era;
pub mod error;
mod events;
pub mod handler;
pub mod http;
mod input;
mod legacy;
pub mod logging;
mod modern;
pub mod outcome;
mod outlet;
pub mod param_headers;
mod reply;
mod service;
pub mod sessions;
pub mod stdio;
mod sync;
mod tracking;

pub use client::{Client, ClientCapabilities, ProgressSink};
pub use era::{Era, InputMode};
pub use error::McpError;
pub use handler::{CallTool, Complete, GetPrompt, Handler, ListPage, ListRequest, ReadResource, RequestContext};
pub use http::McpHttp;
pub use logging::LoggingLevel;
pub use outcome::{InputRequired, Inputs, Outcome, TaskHandle, ToolResult};
pub use service::{Options, Service};

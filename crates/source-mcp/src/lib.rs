//! Other MCP servers as sources.
//!
//! [`McpConnector`] turns a catalog entry into a source that speaks to one upstream server: over Streamable HTTP, the
//! older HTTP with SSE, or the standard streams of a process. Both eras are spoken; what differs between them ends in
//! [`session`]. A [`link`] carries messages, a [`session`] knows the era, the [`pool`] keeps sessions warm, [`rounds`]
//! runs a request to its answer or to the upstream's questions, and [`source`] puts it all behind the trait.
//!
//! Reading order: [`settings`], [`wire`], [`link`], [`session`], [`pool`], [`rounds`], [`source`]. [`child`] runs in
//! another process: it looks after the command of a stdio upstream.

pub mod child;
mod connector;
mod draft;
mod error;
mod headers;
mod link;
mod listing;
mod plan;
mod pool;
mod rounds;
mod session;
mod settings;
mod source;
mod wire;

pub use connector::McpConnector;

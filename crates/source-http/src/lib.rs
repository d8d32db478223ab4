//! HTTP APIs as sources.
//!
//! A tool is one operation: a method, a path and what goes where ([`settings`]). [`HttpConnector`] compiles a catalog
//! entry ([`plan`]); a call becomes a request ([`request`]), which goes out with the source's credentials ([`auth`])
//! over the guarded client of `puente_sources::outbound` ([`wire`]), and its answer becomes a tool result ([`answer`]).
//! [`openapi`] reads operations from a document, for `puente source draft` and `puente source sync`.
//!
//! Reading order: [`settings`], [`plan`], [`request`], [`wire`], [`answer`], [`source`], [`openapi`].

mod answer;
mod auth;
mod connector;
mod draft;
mod openapi;
mod plan;
mod request;
mod settings;
mod source;
mod wire;

pub use connector::HttpConnector;

//! Puente over HTTP: the REST API under `/api/v1`, the MCP endpoints, sign-in for programs and its pages for people,
//! health, and the API's own documentation.
//!
//! A handler is: extract → one call of the gateway → response. What may be done is decided there, never here. Everything
//! that goes wrong is a problem (RFC 9457), made in [`problem`] and nowhere else.
//!
//! To add an operation: a file in `routes/<resource>/`, and a line in that resource's `router`.

mod docs;
mod etag;
mod extract;
mod harden;
mod health;
mod maintenance;
mod mcp;
mod metrics;
mod oauth;
mod openapi;
mod options;
mod pages;
mod paging;
pub mod problem;
mod router;
mod routes;
mod server;
mod state;

pub use maintenance::Maintenance;
pub use metrics::metrics_router;
pub use openapi::openapi;
pub use options::Options;
pub use router::router;
pub use server::{ServeOptions, serve};
pub use state::{ApiState, Readiness};

//! Official MCP clients, run as their users run them.

mod conformance;
mod inspector;
mod scripted;

pub use conformance::{Verdict, conformance};
pub use inspector::inspector;
pub use scripted::{Language, Plan, Report};

//! Official MCP clients, run as their users run them.

mod conformance;
mod inspector;
mod scripted;
mod sign_in;

pub use conformance::{Verdict, conformance};
pub use inspector::inspector;
pub use scripted::{Language, Plan, Report};
pub use sign_in::SigningIn;

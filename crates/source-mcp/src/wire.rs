//! What goes to an upstream and what comes back, as JSON-RPC.

mod incoming;
mod outgoing;

pub(crate) use incoming::{Incoming, Note, read};
pub(crate) use outgoing::{Meta, US, answer, notification, request};

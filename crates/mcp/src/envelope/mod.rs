//! One scan of a JSON-RPC body into borrowed messages.
//!
//! Nothing is copied: ids, arguments and results stay slices of the body. The scan goes one level into `params`, because
//! every method needs its members, and no further.

mod batch;
mod depth;
mod error;
mod id;
mod params;
mod scan;

pub use batch::{MAX_BATCH, scan_batch};
pub use depth::MAX_DEPTH;
pub use error::EnvelopeError;
pub use id::{Id, OwnedId};
pub use params::Params;
pub use scan::{Message, Notification, Request, Response, is_batch, scan};

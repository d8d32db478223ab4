//! Sources: connected business systems, all behind one trait.
//!
//! A [`Connector`] knows a kind of system (`sql`, `http`, …): it checks a definition from the catalog and turns it into
//! a [`Source`], which offers tools, resources and prompts and answers for them. To add a kind: a crate beside this one
//! with a `Connector`, and one line in `puente-app`.

mod connector;
pub mod egress;
mod error;
pub mod finding;
mod offer;
pub mod outbound;
mod settings;
mod source;
mod sync;

pub use connector::{Connector, Definition};
pub use egress::Egress;
pub use error::SourceError;
pub use finding::{Finding, Location};
pub use offer::{ATTACHMENT, Effect, Offer, ToolOffer};
pub use outbound::Outbound;
pub use settings::{CacheScope, CacheSettings, RateLimit, TaskSupport, ToolSettings};
pub use source::{Call, Checked, Completion, Prompt, Read, Source, SourceEvent};
pub use sync::{Change, Synced, SyncedTool};

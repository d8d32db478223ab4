//! The catalog: from a file or an edit to rows, from rows to live sources and to what callers see.
//!
//! - [`file`](mod@file): the catalog as people write it; [`apply`], [`export`], [`edit`]: between that and the rows;
//! - `reference`, `secrets`, `definition`: from a row to what a connector gets;
//! - `live`: connected sources; `gate`, `pins`: which of their tools are passed on; `offered`: what they offer, ready for
//!   use;
//! - `snapshot`: all of it at one moment; `reload`: from one moment to the next.

pub mod apply;
mod check_source;
mod definition;
pub mod edit;
pub mod export;
pub mod file;
mod gate;
mod literal;
pub(crate) mod live;
pub(crate) mod moved;
pub(crate) mod offered;
pub(crate) mod owned;
pub(crate) mod pattern;
mod pins;
mod prompts;
mod reference;
mod reload;
mod resources;
pub(crate) mod secrets;
pub(crate) mod snapshot;
mod sync;
mod tool;
mod tool_settings;

pub use apply::{ApplyOptions, Change, Diff};
pub(crate) use definition::define;
pub use file::{CatalogFile, catalog_schema};
pub(crate) use live::Live;
pub use pins::{PinChange, PinDiff};
pub(crate) use snapshot::{Rows, Snapshot};
pub use sync::SyncReport;
pub(crate) use tool::CatalogTool;

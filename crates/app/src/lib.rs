//! The composition root: a [`Builder`] takes settings and makes an [`App`]; an `App` serves, or lets one command work
//! on the same data.
//!
//! Only this crate names concrete databases and kinds of sources. To add one: a line in [`Builder::new`] or in
//! `storage`.

mod backups;
mod builder;
mod doors;
mod first_start;
mod jobs;
mod lifecycle;
mod logging;
mod maintenance;
mod metrics;
mod running;
mod settings;
mod shared;
mod shelf;
mod signals;
mod stdio;
mod storage;
mod token_keys;
mod traces;

pub use backups::place;
pub use builder::{App, Builder};
pub use first_start::FirstStart;
pub use lifecycle::{Served, serve};
pub use logging::{LogGuard, start_logging, start_telemetry};
pub use running::RunningServer;
pub use shelf::{Fetched, Shelf, fetch};
pub use stdio::serve_stdio;

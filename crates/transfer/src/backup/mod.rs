//! Backups: one file with everything but the keys, taken while the server runs, restored into either database.

mod archive;
mod chunks;
mod format;
mod make;
mod read;
mod retention;
mod write;

pub use archive::Archive;
pub use format::{Header, Manifest};
pub use make::{BackupOptions, backup, backup_to, file_name};
pub use retention::{outdated, prune};
pub use write::Destination;

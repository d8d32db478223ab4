//! Virtual servers: curated parts of the catalog.

pub(crate) mod check;
mod create;
mod delete;
mod get;
mod list;
mod update;

pub use create::NewServer;
pub use update::ServerChanges;

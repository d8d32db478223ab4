//! Teams: named sets of users and keys.

mod create;
mod delete;
mod get;
mod list;
mod members;
mod update;

pub use members::TeamMember;
pub use update::TeamChanges;

//! The administration: users, keys, teams, virtual servers, grants, secrets, jobs. One operation a file.
//!
//! Every operation asks [`policy::decide`](crate::policy::decide) first; a refusal is recorded. An edit is one
//! transaction that counts the version of the rights or of the catalog up, and holds its own row of the audit trail:
//! no edit without its row, no row without its edit.

pub mod access;
pub(crate) mod edit;
pub mod grants;
mod jobs;
pub mod keys;
mod ping;
pub(crate) mod refer;
pub mod secrets;
pub mod servers;
pub mod teams;
pub mod users;

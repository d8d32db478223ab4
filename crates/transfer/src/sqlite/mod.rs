//! SQLite as a side of a transfer.

mod read;
mod schema;
mod write;

pub(crate) use read::{cell, read};
pub(crate) use schema::{read as read_schema, strings};
pub(crate) use write::write;

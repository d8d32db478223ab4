//! PostgreSQL as a side of a transfer.

pub(crate) mod decode;
pub(crate) mod encode;
mod numeric;
mod read;
mod schema;
mod write;

pub(crate) use read::read;
pub(crate) use schema::read as read_schema;
pub(crate) use write::write;

//! API keys: how agents authenticate.

mod create;
mod delete;
mod disable;
mod enable;
mod list;
mod own;

pub(crate) use own::account_of;

pub use create::{CreatedKey, NewKey};

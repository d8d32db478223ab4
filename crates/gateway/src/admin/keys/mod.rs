//! API keys: how agents authenticate.

mod create;
mod delete;
mod disable;
mod enable;
mod list;
mod own;

pub use create::{CreatedKey, NewKey};

//! The repositories, once for both databases: each backend crate includes this folder by `#[path]`, names its database
//! in `crate::Db`, and keeps what cannot be said portably in `crate::dialect`. So sqlx checks every query twice.
//!
//! Rules: `$1` placeholders; every column that is not text is selected `AS "column!: Type"`; ids bind as [`uuid::Uuid`]
//! (`uuid` in PostgreSQL, 16 bytes in SQLite), moments as [`Time`]; text of users goes through [`text::storable`];
//! a driver's error goes through [`SqlTransaction::fail`].

mod audit;
mod audit_callers;
mod audit_chain;
mod audit_chain_row;
mod audit_filter;
mod audit_insert;
mod audit_list;
mod audit_marks;
mod catalog;
mod column;
mod errors;
mod grants;
mod job_admin;
mod job_row;
mod jobs;
mod keys;
mod mcp_sessions;
mod oauth;
mod oauth_row;
mod page;
mod pins;
mod pool;
mod prompts;
mod refresh_tokens;
mod resources;
mod results;
pub(crate) mod schema;
mod secrets;
mod servers;
mod sources;
mod subject;
mod tasks;
mod teams;
mod text;
mod time;
mod tools;
mod transaction;
mod users;
mod versions;
mod web_sessions;

pub(crate) use errors::{from_migrate, from_sqlx};
pub(crate) use job_row::JobRow;
pub(crate) use pool::connections;
pub(crate) use time::Time;
pub(crate) use transaction::SqlTransaction;

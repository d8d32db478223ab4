//! SQL databases as sources: SQLite, PostgreSQL, MySQL and MariaDB.
//!
//! A tool is one statement with named parameters. [`SqlConnector`] compiles a catalog entry ([`plan`]), and the source
//! ([`source`]) prepares every statement in the background, offers the tools and runs them on an [`engine`]: one for
//! each kind of database, which enforces read-only access, limits and cancellation *inside* the database.
//!
//! Reading order: [`settings`], [`parameters`], [`template`], [`plan`], [`engine`], [`output`], [`source`].

mod connector;
mod draft;
mod engine;
mod explore;
mod guard;
mod identity;
mod output;
mod parameters;
mod plan;
mod pool;
mod reach;
mod settings;
mod source;
mod template;

pub use connector::SqlConnector;

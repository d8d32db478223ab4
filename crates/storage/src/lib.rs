//! The database, seen from above: one [`Storage`], which gives [`Transaction`]s, which give repositories.
//!
//! Rules that every implementation keeps, and the conformance suite (`testing`) checks on both backends:
//! - a transaction that is dropped without [`Transaction::save`] leaves no trace;
//! - look-ups return `Option`; lists are paged by [`Page`] and ordered by id or by name in byte order;
//! - time is passed in ([`Timestamp`](puente_domain::Timestamp), microseconds), never read from the database's clock, leases excepted;
//! - text with NUL is refused as [`StorageError::Unstorable`] on both backends, because PostgreSQL cannot hold it;
//! - search ignores case by Unicode's rules (`Σ`, `σ`, `ς` are one, `ß` is `ss`; accents count) on both backends, and takes
//!   `%` and `_` literally;
//! - an edit names the version that it saw; a stale one is [`StorageError::Stale`].
//!
//! To add a repository: 1. a trait here, in a file of its own; 2. a method on [`Transaction`]; 3. the table in a new
//! migration of each backend; 4. the implementation in `storage-sql`; 5. cases in `testing`.

mod access;
mod audit;
mod audit_chain;
mod catalog;
mod error;
mod jobs;
mod page;
mod pins;
mod sign_in;
mod state;
#[cfg(feature = "testing")]
pub mod testing;
mod transaction;
mod users;

pub use access::{GrantRepository, KeyRepository, ServerRepository, TeamRepository};
pub use audit::{AuditFilter, AuditRepository};
pub use audit_chain::{AuditChainRepository, AuditKey, Batch, Claimed, Head, Mark, Marked, Seal, Whereabouts};
pub use catalog::{CatalogRepository, CatalogRows, ToolFilter};
pub use error::StorageError;
pub use jobs::{Claim, Due, JobFilter, JobRepository};
pub use page::{Page, Slice};
pub use pins::PinRepository;
pub use sign_in::{OAuthRepository, WebSessionRepository};
pub use state::{
    Lease, McpSessionRepository, ResultRepository, SecretRecord, SecretRepository, TaskRepository, VersionRepository,
    Versioned,
};
pub use transaction::{Connections, Storage, Transaction};
pub use users::{RefreshTokenRepository, UserRepository};

/// What every repository method returns.
pub type Result<T, E = StorageError> = std::result::Result<T, E>;

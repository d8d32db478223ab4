//! Secrets, sessions, results, tasks, versions.

use std::time::Duration;

use async_trait::async_trait;
use puente_domain::{
    ResultId, SessionId, Subject, TaskId, Timestamp,
    session::{McpSession, StoredResult},
    task::TaskRecord,
};

use crate::{Page, Result, Slice};

/// A sealed secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretRecord {
    /// As in `${secret:name}`.
    pub name: String,
    /// The id of the key that sealed it.
    pub key_id: String,
    /// Nonce and ciphertext.
    pub sealed: Vec<u8>,
    /// Whether the operator set it, or a source of the operator's names it: no source that an editor wrote gets it.
    pub by_operator: bool,
    /// The last change.
    pub updated_at: Timestamp,
}

/// Sealed secrets.
#[async_trait]
pub trait SecretRepository: Send {
    /// By name.
    async fn get(&mut self, name: &str) -> Result<Option<SecretRecord>>;
    /// All, by name in byte order.
    async fn list(&mut self) -> Result<Vec<SecretRecord>>;
    /// Adds or replaces.
    async fn put(&mut self, secret: &SecretRecord) -> Result<()>;
    /// Deletes; false if there was none.
    async fn remove(&mut self, name: &str) -> Result<bool>;
}

/// Legacy MCP sessions.
#[async_trait]
pub trait McpSessionRepository: Send {
    /// Adds or replaces.
    async fn put(&mut self, session: &McpSession) -> Result<()>;
    /// By id.
    async fn get(&mut self, id: SessionId) -> Result<Option<McpSession>>;
    /// Deletes; false if there was none.
    async fn remove(&mut self, id: SessionId) -> Result<bool>;
    /// Deletes what was last seen before this moment; how many.
    async fn prune(&mut self, before: Timestamp) -> Result<u64>;
}

/// Oversized results.
#[async_trait]
pub trait ResultRepository: Send {
    /// Adds one.
    async fn add(&mut self, result: &StoredResult) -> Result<()>;
    /// By id, if `subject` may read it and it has not expired.
    async fn get(&mut self, id: ResultId, subject: Subject, now: Timestamp) -> Result<Option<StoredResult>>;
    /// Deletes what expired before this moment; how many.
    async fn prune(&mut self, now: Timestamp) -> Result<u64>;
}

/// MCP tasks.
#[async_trait]
pub trait TaskRepository: Send {
    /// Adds one.
    async fn add(&mut self, task: &TaskRecord) -> Result<()>;
    /// By id, if it is the subject's and has not expired.
    async fn get(&mut self, id: TaskId, subject: Subject, now: Timestamp) -> Result<Option<TaskRecord>>;
    /// By id, whoever asks and whether or not it has expired: for those who run it.
    async fn by_id(&mut self, id: TaskId) -> Result<Option<TaskRecord>>;
    /// Writes status, message, payload, answers and time, unless the stored status is terminal; false then.
    async fn update(&mut self, task: &TaskRecord) -> Result<bool>;
    /// Writes the same, if the task still waits for the input that `before` waits for; false if not.
    async fn answer(&mut self, before: &TaskRecord, after: &TaskRecord) -> Result<bool>;
    /// The subject's, by id.
    async fn list(&mut self, subject: Subject, page: &Page) -> Result<Slice<TaskRecord>>;
    /// Deletes what expired before this moment; how many.
    async fn prune(&mut self, now: Timestamp) -> Result<u64>;
}

/// What counts versions, so that every process sees within a second that something changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Versioned {
    /// Sources, tools, prompts, resources, virtual servers.
    Catalog,
    /// Users, keys, teams, grants.
    Rights,
}

/// An exclusive, expiring right to do something, by the database's clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// What: `serve`, `migrate`, …
    pub name: String,
    /// Who.
    pub holder: String,
    /// For how long from now.
    pub ttl: Duration,
}

/// Versions, small values and leases.
#[async_trait]
pub trait VersionRepository: Send {
    /// The version now; starts at 0.
    async fn get(&mut self, what: Versioned) -> Result<i64>;
    /// Counts up and returns the new version.
    async fn bump(&mut self, what: Versioned) -> Result<i64>;
    /// A small value of Puente's own (installation id, bootstrap done, …).
    async fn value(&mut self, name: &str) -> Result<Option<String>>;
    /// Adds or replaces a small value.
    async fn set_value(&mut self, name: &str, value: &str) -> Result<()>;
    /// Takes or renews a lease; false if another holder has it.
    async fn acquire(&mut self, lease: &Lease) -> Result<bool>;
    /// Gives a lease back.
    async fn release(&mut self, name: &str, holder: &str) -> Result<()>;
}

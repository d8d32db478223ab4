//! Legacy sessions beyond this process: where they are kept, and what replicas tell each other about them.

use futures::{future::BoxFuture, stream::BoxStream};

/// Keeps legacy sessions of record, so that another replica can go on with one, and carries word between the replicas.
///
/// The protocol service holds what it needs in memory; this is asked when it meets a session that it does not know, and
/// now and then whether it still is what it was.
pub trait SessionStore: Send + Sync + 'static {
    /// Keeps a session, new or changed. Errors are the store's to log; the session then lives in this process only.
    fn save(&self, session: SessionRecord) -> BoxFuture<'_, ()>;

    /// Finds a session that was not ended; an error says that it cannot be known now, and is the store's to log.
    fn load<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<Option<SessionRecord>, Unknown>>;

    /// Ends a session.
    fn remove<'a>(&'a self, id: &'a str) -> BoxFuture<'a, ()>;

    /// Tells the other replicas. Never waits; news may be lost.
    fn tell(&self, news: SessionNews);

    /// What other replicas tell from now on.
    fn news(&self) -> BoxStream<'static, SessionNews>;
}

/// The store does not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unknown;

/// A legacy session as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRecord {
    /// The `Mcp-Session-Id`: a UUID, with hyphens. A store gives it back as it was: replicas know a session by it.
    pub id: String,
    /// See [`Handler::binding`](crate::Handler::binding).
    pub binding: String,
    /// The negotiated revision.
    pub protocol_version: String,
    /// Client info, capabilities, log level and subscriptions, as JSON.
    pub state: String,
}

/// What replicas tell each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SessionNews {
    /// The record of a session changed, or is gone.
    Changed {
        /// The session's id.
        session: String,
    },
    /// The client cancelled a call or answered a request of ours, and the replica that it came to does not hold it.
    Message {
        /// The session's id.
        session: String,
        /// The JSON-RPC message.
        message: String,
    },
    /// News may be missing.
    Missed,
}

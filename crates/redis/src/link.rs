//! The link: commands go through it while it is open.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use arc_swap::ArcSwapOption;
use redis::{
    Client, Cmd, ErrorKind, FromRedisValue, IntoConnectionInfo, ProtocolVersion, ScriptInvocation, ServerErrorKind,
    aio::MultiplexedConnection,
};
use tokio::sync::{Notify, broadcast};
use tokio_util::task::AbortOnDropHandle;

use crate::keeper::Keeper;

/// How many messages a slow subscriber may lag behind.
const CAPACITY: usize = 4096;
/// An error that Redis itself answers is logged at most this often.
const COMPLAIN_EVERY: Duration = Duration::from_secs(10);

/// How a link behaves.
#[derive(Clone, Debug)]
pub struct Options {
    /// How long a command may take before the link is given up.
    pub timeout: Duration,
    /// The channel whose messages are [`News::Message`].
    pub channel: String,
}

/// What a subscriber is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// The link was opened, for the first time or again: messages of before may be missing.
    Connected,
    /// A message on [`Options::channel`].
    Message(Arc<[u8]>),
}

/// Why a command had no effect, or none that is known.
#[derive(Debug, thiserror::Error)]
pub enum RedisError {
    /// `REDIS_URL` is none.
    #[error("REDIS_URL cannot be used: {0}")]
    Url(String),
    /// The link is not open, or broke just now.
    #[error("Redis does not answer")]
    Down,
    /// Redis answered with an error: out of memory, read-only, …
    #[error("Redis refused a command: {0}")]
    Refused(String),
}

/// A link to Redis. Cheap to clone; it ends with its last clone.
#[derive(Clone)]
pub struct Link(Arc<Inner>);

struct Inner {
    shared: Arc<Shared>,
    _keeper: AbortOnDropHandle<()>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        // The connection's own task holds on to what is shared.
        self.shared.open.store(None);
    }
}

/// What commands and the keeper share.
pub(crate) struct Shared {
    /// `None` while the link is down.
    pub(crate) open: ArcSwapOption<MultiplexedConnection>,
    pub(crate) broken: Notify,
    pub(crate) news: broadcast::Sender<News>,
    complained: AtomicU64,
    started: Instant,
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link").field("open", &self.is_open()).finish()
    }
}

impl Link {
    /// A link that opens itself as soon as Redis can be reached. Needs a Tokio runtime.
    ///
    /// # Errors
    /// [`RedisError::Url`]; Redis itself is not asked yet.
    pub fn new(url: &str, options: Options) -> Result<Self, RedisError> {
        let client = client(url).map_err(|error| RedisError::Url(error.to_string()))?;
        let shared = Arc::new(Shared {
            open: ArcSwapOption::empty(),
            broken: Notify::new(),
            news: broadcast::channel(CAPACITY).0,
            complained: AtomicU64::new(0),
            started: Instant::now(),
        });
        let keeper = tokio::spawn(Keeper::new(client, options, shared.clone()).run());
        Ok(Self(Arc::new(Inner { shared, _keeper: AbortOnDropHandle::new(keeper) })))
    }

    /// Whether commands are tried at all.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.0.shared.open.load().is_some()
    }

    /// What is published from now on, and each reconnection.
    #[must_use]
    pub fn news(&self) -> broadcast::Receiver<News> {
        self.0.shared.news.subscribe()
    }

    /// Sends a command and waits for its answer, at most for [`Options::timeout`].
    ///
    /// # Errors
    /// [`RedisError::Down`] or [`RedisError::Refused`]; after `Down` the command may have had its effect all the same.
    pub async fn run<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, RedisError> {
        let open = self.open()?;
        let answer = command.query_async(&mut MultiplexedConnection::clone(&open)).await;
        answer.map_err(|error| self.failed(&open, &error))
    }

    /// Runs a script by its hash, and loads it first if Redis does not know it.
    ///
    /// # Errors
    /// See [`Link::run`].
    pub async fn script<T: FromRedisValue>(&self, script: &ScriptInvocation<'_>) -> Result<T, RedisError> {
        let open = self.open()?;
        let answer = script.invoke_async(&mut MultiplexedConnection::clone(&open)).await;
        answer.map_err(|error| self.failed(&open, &error))
    }

    fn open(&self) -> Result<Arc<MultiplexedConnection>, RedisError> {
        self.0.shared.open.load_full().ok_or(RedisError::Down)
    }

    fn failed(&self, connection: &Arc<MultiplexedConnection>, error: &redis::RedisError) -> RedisError {
        if is_answer(error) {
            self.0.shared.complain(error);
            return RedisError::Refused(error.to_string());
        }
        self.0.shared.give_up(connection, error);
        RedisError::Down
    }
}

impl Shared {
    /// Closes the link, unless the keeper has opened another connection meanwhile.
    pub(crate) fn give_up(&self, connection: &Arc<MultiplexedConnection>, error: &redis::RedisError) {
        let before = self.open.compare_and_swap(connection, None);
        if before.as_ref().is_some_and(|before| Arc::ptr_eq(before, connection)) {
            tracing::warn!(%error, "Redis does not answer: going on without it");
            self.broken.notify_one();
        }
    }

    fn complain(&self, error: &redis::RedisError) {
        let now = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX).max(1);
        let last = self.complained.load(Ordering::Relaxed);
        let due = last == 0 || u128::from(now - last.min(now)) >= COMPLAIN_EVERY.as_millis();
        if due && self.complained.compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed).is_ok() {
            tracing::warn!(%error, "Redis refuses commands: going on without it");
        }
    }
}

/// Whether Redis said it itself and can be asked again: the connection is fine. While it loads its data, or as somebody's
/// read-only replica, it is as good as down.
fn is_answer(error: &redis::RedisError) -> bool {
    match error.kind() {
        ErrorKind::Server(kind) => {
            !matches!(kind, ServerErrorKind::BusyLoading | ServerErrorKind::MasterDown | ServerErrorKind::ReadOnly)
        }
        ErrorKind::Extension | ErrorKind::UnexpectedReturnType => true,
        _ => false,
    }
}

fn client(url: &str) -> redis::RedisResult<Client> {
    let info = url.into_connection_info()?;
    let settings = info.redis_settings().clone().set_protocol(ProtocolVersion::RESP3);
    Client::open(info.set_redis_settings(settings))
}

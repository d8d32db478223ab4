//! The task that opens the link, looks after it, and opens it again.

use std::{sync::Arc, time::Duration};

use redis::{
    AsyncConnectionConfig, Client, PushInfo, PushKind, Value,
    aio::{MultiplexedConnection, SendError},
};
use tokio::time::{sleep, timeout};

use crate::link::{News, Options, Shared};

/// How long opening may take: name look-up, TCP, TLS, log-in, subscription.
const OPEN: Duration = Duration::from_secs(2);
/// An idle link is asked this often whether it is still there.
const PING: Duration = Duration::from_secs(1);
/// How long to wait after a failed attempt, doubled up to [`LONGEST_REST`].
const REST: Duration = Duration::from_millis(50);
const LONGEST_REST: Duration = Duration::from_secs(1);

pub(crate) struct Keeper {
    client: Client,
    options: Options,
    shared: Arc<Shared>,
}

impl Keeper {
    pub(crate) const fn new(client: Client, options: Options, shared: Arc<Shared>) -> Self {
        Self { client, options, shared }
    }

    /// Runs until it is aborted.
    pub(crate) async fn run(self) {
        let (mut rest, mut told) = (REST, false);
        loop {
            match timeout(OPEN, self.open()).await {
                Ok(Ok(connection)) => {
                    (rest, told) = (REST, false);
                    self.look_after(Arc::new(connection)).await;
                    continue;
                }
                Ok(Err(error)) if !told => tracing::warn!(%error, "Redis cannot be reached: going on without it"),
                Err(_) if !told => tracing::warn!("Redis does not answer: going on without it"),
                _ => {}
            }
            told = true;
            sleep(rest).await;
            rest = (rest * 2).min(LONGEST_REST);
        }
    }

    async fn open(&self) -> redis::RedisResult<MultiplexedConnection> {
        let (shared, channel) = (self.shared.clone(), self.options.channel.clone());
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(OPEN))
            .set_response_timeout(Some(OPEN))
            .set_pipeline_buffer_size(1024)
            .set_push_sender(move |push: PushInfo| {
                take(&shared, &channel, &push);
                Ok::<_, SendError>(())
            });
        let mut connection = self.client.get_multiplexed_async_connection_with_config(&config).await?;
        connection.subscribe(&self.options.channel).await?;
        // Redis may accept connections and still refuse to work, while it loads its data.
        redis::cmd("GET").arg(&self.options.channel).query_async::<()>(&mut connection).await?;
        connection.set_response_timeout(self.options.timeout);
        Ok(connection)
    }

    /// Opens the link with this connection; returns once it broke.
    async fn look_after(&self, connection: Arc<MultiplexedConnection>) {
        self.shared.open.store(Some(connection.clone()));
        // An error says that nobody listens.
        let _ = self.shared.news.send(News::Connected);
        tracing::info!("connected to Redis");
        loop {
            if timeout(PING, self.shared.broken.notified()).await.is_ok() && !self.is_open(&connection) {
                return;
            }
            let ping = redis::cmd("PING").query_async::<()>(&mut MultiplexedConnection::clone(&connection)).await;
            if let Err(error) = ping {
                self.shared.give_up(&connection, &error);
            }
            if !self.is_open(&connection) {
                return;
            }
        }
    }

    fn is_open(&self, connection: &Arc<MultiplexedConnection>) -> bool {
        self.shared.open.load().as_ref().is_some_and(|open| Arc::ptr_eq(open, connection))
    }
}

/// Takes what Redis sends by itself.
fn take(shared: &Shared, channel: &str, push: &PushInfo) {
    match push.kind {
        // The next PING finds out what is true.
        PushKind::Disconnection => shared.broken.notify_one(),
        PushKind::Message => {
            if let [Value::BulkString(from), Value::BulkString(message)] = &push.data[..]
                && from == channel.as_bytes()
            {
                let _ = shared.news.send(News::Message(message.as_slice().into()));
            }
        }
        _ => {}
    }
}

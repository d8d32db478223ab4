//! Hints between replicas over PostgreSQL's `LISTEN` and `NOTIFY`.
//!
//! A notification holds less than 8,000 bytes, so longer letters travel in parts. Those of one letter are notified in one
//! transaction, so that they arrive together and in order. Nothing is written to the disk.

use std::time::Duration;

use sqlx::{
    Executor, PgPool,
    postgres::{PgListener, PgNotification, PgPoolOptions},
};
use tokio::{
    sync::{broadcast, mpsc},
    time::{sleep, timeout},
};
use tokio_util::task::AbortOnDropHandle;

use crate::{
    Backend, Hint,
    channel::{Channel, Inbox, Letter},
};

/// The channel; a database has its own ones.
const CHANNEL: &str = "puente";
/// The longest part, in bytes: with its head it stays below PostgreSQL's limit.
const PART: usize = 7000;
/// One connection listens, one notifies.
const CONNECTIONS: u32 = 2;
/// How long connecting or a notification may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// After so much silence the listening connection is asked whether it is still there.
const SILENCE: Duration = Duration::from_secs(10);
/// How long to wait before connecting again.
const REST: Duration = Duration::from_millis(500);

/// The backend of replicas that share a PostgreSQL.
pub struct Postgres {
    channel: Channel,
    _tasks: [AbortOnDropHandle<()>; 2],
}

impl Postgres {
    /// A backend on the database of `url`; it connects by itself as soon as it can. Needs a Tokio runtime.
    ///
    /// # Errors
    /// The URL is none.
    pub fn new(url: &str) -> sqlx::Result<Self> {
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(PATIENCE)
            .max_lifetime(None)
            .connect_lazy(url)?;
        let (channel, letters) = Channel::new();
        let hearing = tokio::spawn(hear(pool.clone(), channel.inbox()));
        let sending = tokio::spawn(send(pool, letters));
        Ok(Self { channel, _tasks: [hearing, sending].map(AbortOnDropHandle::new) })
    }
}

impl Backend for Postgres {
    fn publish(&self, hint: Hint) {
        self.channel.publish(hint);
    }

    fn subscribe(&self) -> broadcast::Receiver<Hint> {
        self.channel.subscribe()
    }
}

async fn send(pool: PgPool, mut letters: mpsc::Receiver<Letter>) {
    while let Some(letter) = letters.recv().await {
        let Ok(text) = serde_json::to_string(&letter) else { continue };
        let notify = sqlx::query(
            "SELECT pg_notify($1, part) FROM unnest($2::text[]) WITH ORDINALITY AS parts (part, number) ORDER BY number",
        );
        let notify = notify.bind(CHANNEL).bind(parts(&text)).execute(&pool);
        match timeout(PATIENCE, notify).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => tracing::debug!(%error, "a hint for other replicas was lost"),
            Err(_) => tracing::debug!("a hint for other replicas was lost: PostgreSQL does not answer"),
        }
    }
}

/// The letter in parts, each with a head that says whether it is the last one. The number keeps equal parts apart, which
/// PostgreSQL would take for one.
fn parts(text: &str) -> Vec<String> {
    let mut parts = Vec::new();
    let mut rest = text;
    while rest.len() > PART {
        let (part, after) = rest.split_at(rest.floor_char_boundary(PART));
        parts.push(format!("+{} {part}", parts.len()));
        rest = after;
    }
    parts.push(format!("={} {rest}", parts.len()));
    parts
}

/// Puts parts together; a letter that is not whole is dropped.
#[derive(Default)]
struct Assembly {
    text: String,
    next: usize,
}

impl Assembly {
    fn add(&mut self, part: &str) -> Option<String> {
        let (head, text) = part.split_once(' ')?;
        let (kind, number) = (head.get(..1)?, head.get(1..)?.parse::<usize>().ok()?);
        if number == 0 {
            *self = Self::default();
        }
        if number != self.next {
            return None;
        }
        self.text.push_str(text);
        self.next += 1;
        (kind == "=").then(|| std::mem::take(self).text)
    }
}

async fn hear(pool: PgPool, inbox: Inbox) {
    let mut told = false;
    loop {
        match listen(&pool).await {
            Ok(listener) => {
                told = false;
                inbox.tell(Hint::Interrupted);
                let error = forward(listener, &inbox).await;
                tracing::warn!(%error, "hints of other replicas are interrupted: connecting again");
            }
            Err(error) if !told => {
                told = true;
                tracing::warn!(%error, "hints of other replicas cannot be heard: changes take up to a second");
            }
            Err(_) => {}
        }
        sleep(REST).await;
    }
}

async fn listen(pool: &PgPool) -> sqlx::Result<PgListener> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.eager_reconnect(false);
    listener.listen(CHANNEL).await?;
    Ok(listener)
}

/// Hands on what comes, until the connection is lost.
async fn forward(mut listener: PgListener, inbox: &Inbox) -> sqlx::Error {
    let mut assembly = Assembly::default();
    loop {
        match timeout(SILENCE, listener.try_recv()).await {
            Ok(Ok(Some(notification))) => deliver(&mut assembly, &notification, inbox),
            Ok(Ok(None)) => return lost(),
            Ok(Err(error)) => return error,
            Err(_) => match timeout(PATIENCE, listener.execute("SELECT 1")).await {
                Ok(Ok(_)) => {}
                Ok(Err(error)) => return error,
                Err(_) => return lost(),
            },
        }
    }
}

fn deliver(assembly: &mut Assembly, notification: &PgNotification, inbox: &Inbox) {
    if let Some(letter) = assembly.add(notification.payload()) {
        inbox.deliver(letter.as_bytes());
    }
}

fn lost() -> sqlx::Error {
    sqlx::Error::Io(std::io::ErrorKind::ConnectionAborted.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_letters_come_together_again() {
        let mut assembly = Assembly::default();
        for length in [0, 1, PART - 1, PART, PART + 1, 3 * PART + 5] {
            let text: String = "añ€".chars().cycle().take(length).collect();
            let parts = parts(&text);
            assert!(parts.iter().all(|part| part.len() < 7500));
            let whole = parts.iter().filter_map(|part| assembly.add(part)).collect::<Vec<_>>();
            assert_eq!(whole, [text]);
        }
    }

    #[test]
    fn what_is_not_whole_is_dropped() {
        let mut assembly = Assembly::default();
        for part in ["+0 a", "=2 c", "=1", "", "x", "=é b"] {
            assert_eq!(assembly.add(part), None, "{part}");
        }
        assert_eq!(assembly.add("=0 whole").as_deref(), Some("whole"));
    }
}

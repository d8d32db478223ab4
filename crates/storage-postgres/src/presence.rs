//! Who uses the database: servers and commands beside each other, or a transfer alone.
//!
//! Two advisory locks. A transfer takes the *door* first, which tells everybody to leave and lets nobody in, then waits
//! for the *room*. Everybody else passes the door and holds the room with others. Both belong to a connection, so that
//! they end with their process or its connection.

use std::time::Duration;

use puente_storage::{Result, StorageError};
use sqlx::{
    ConnectOptions, Connection, PgConnection, Row,
    postgres::{PgConnectOptions, PgRow},
};

use crate::repositories::from_sqlx;

/// Locks of Puente have this first number; migrations have one of sqlx.
const PUENTE: i32 = 0x5075_656e;
const DOOR: i32 = 1;
const ROOM: i32 = 2;

/// How often a transfer looks whether everybody has left.
const LOOK: Duration = Duration::from_millis(50);
/// How long somebody may stand in the door.
const DOOR_PATIENCE: Duration = Duration::from_secs(3);
/// How long the server may take to notice that somebody's process has ended.
const ROOM_PATIENCE: Duration = Duration::from_secs(3);

/// The right to use the database beside others.
#[derive(Debug)]
pub(crate) struct Presence {
    options: PgConnectOptions,
    connection: PgConnection,
}

impl Presence {
    /// Connects and takes part. While a transfer is at work, this waits for its end; `waiting` is called then.
    ///
    /// # Errors
    /// The database does not answer or refuses the login.
    pub(crate) async fn enter(options: PgConnectOptions, waiting: impl FnOnce()) -> Result<Self> {
        let mut connection = options.connect().await.map_err(from_sqlx)?;
        if !call(&mut connection, "SELECT pg_try_advisory_lock_shared($1, $2)", DOOR).await? {
            waiting();
            wait(&mut connection, DOOR).await?;
        }
        wait(&mut connection, ROOM).await?;
        call(&mut connection, "SELECT pg_advisory_unlock_shared($1, $2)", DOOR).await?;
        Ok(Self { options, connection })
    }

    /// Whether a transfer asks everybody to leave.
    ///
    /// # Errors
    /// The connection was lost, and with it the right: see [`Presence::come_back`].
    pub(crate) async fn is_asked_to_leave(&mut self) -> Result<bool> {
        if call(&mut self.connection, "SELECT pg_try_advisory_lock_shared($1, $2)", DOOR).await? {
            call(&mut self.connection, "SELECT pg_advisory_unlock_shared($1, $2)", DOOR).await?;
            return Ok(false);
        }
        Ok(true)
    }

    /// Leaves, until [`Presence::come_back`].
    ///
    /// # Errors
    /// The connection was lost, which is leaving, too.
    pub(crate) async fn leave(&mut self) -> Result<()> {
        call(&mut self.connection, "SELECT pg_advisory_unlock_shared($1, $2)", ROOM).await.map(drop)
    }

    /// Leaves for good.
    pub(crate) async fn close(self) {
        // A connection that is gone has left already.
        let _ = self.connection.close().await;
    }

    /// Takes part again, once the transfer has ended; connects anew if need be.
    ///
    /// # Errors
    /// The database does not answer.
    pub(crate) async fn come_back(&mut self) -> Result<()> {
        let mut connection = self.options.connect().await.map_err(from_sqlx)?;
        wait(&mut connection, DOOR).await?;
        wait(&mut connection, ROOM).await?;
        call(&mut connection, "SELECT pg_advisory_unlock_shared($1, $2)", DOOR).await?;
        self.connection = connection;
        Ok(())
    }
}

/// Takes the database for this connection alone: asks everybody to leave, and waits up to `patience` until they have.
///
/// # Errors
/// [`StorageError::Moving`] if another transfer is at work, [`StorageError::Occupied`] if somebody stays.
pub async fn claim(connection: &mut PgConnection, patience: Duration) -> Result<()> {
    take_door(connection).await?;
    let room = take_room(connection, patience).await;
    if room.is_err() {
        release(connection).await?;
    }
    room
}

/// The same, but without asking anybody: only where nobody is.
///
/// # Errors
/// [`StorageError::Moving`] if another transfer is at work, [`StorageError::Occupied`] if anybody uses the database.
pub async fn claim_idle(connection: &mut PgConnection) -> Result<()> {
    take_room(connection, ROOM_PATIENCE).await?;
    let door = take_door(connection).await;
    if door.is_err() {
        release(connection).await?;
    }
    door
}

/// Gives the database back before the connection ends.
///
/// # Errors
/// The connection was lost, and with it the right.
pub async fn release(connection: &mut PgConnection) -> Result<()> {
    sqlx::query("SELECT pg_advisory_unlock_all()").execute(connection).await.map_err(from_sqlx)?;
    Ok(())
}

/// Those who come in or look hold the door for a moment; only another transfer keeps it.
async fn take_door(connection: &mut PgConnection) -> Result<()> {
    let deadline = tokio::time::Instant::now() + DOOR_PATIENCE;
    while !call(connection, "SELECT pg_try_advisory_lock($1, $2)", DOOR).await? {
        if tokio::time::Instant::now() >= deadline {
            return Err(StorageError::Moving);
        }
        tokio::time::sleep(LOOK).await;
    }
    Ok(())
}

async fn take_room(connection: &mut PgConnection, patience: Duration) -> Result<()> {
    let deadline = tokio::time::Instant::now() + patience;
    while !call(connection, "SELECT pg_try_advisory_lock($1, $2)", ROOM).await? {
        if tokio::time::Instant::now() >= deadline {
            return Err(occupied(connection).await?);
        }
        tokio::time::sleep(LOOK).await;
    }
    Ok(())
}

async fn occupied(connection: &mut PgConnection) -> Result<StorageError> {
    let holders = sqlx::query(
        "SELECT a.application_name, host(a.client_addr) AS address, a.pid
         FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
         WHERE l.locktype = 'advisory' AND l.classid::bigint = $1 AND l.objid::bigint = $2 AND l.granted
           AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) ORDER BY a.pid",
    );
    let holders =
        holders.bind(i64::from(PUENTE)).bind(i64::from(ROOM)).fetch_all(connection).await.map_err(from_sqlx)?;
    let name = |row: &PgRow| {
        let address: Option<String> = row.get("address");
        format!(
            "{} at {} (backend {})",
            row.get::<String, _>(0),
            address.as_deref().unwrap_or("a socket"),
            row.get::<i32, _>(2)
        )
    };
    Ok(StorageError::Occupied(holders.iter().map(name).collect::<Vec<_>>().join(", ")))
}

async fn wait(connection: &mut PgConnection, lock: i32) -> Result<()> {
    let waiting = sqlx::query("SELECT pg_advisory_lock_shared($1, $2)").bind(PUENTE).bind(lock);
    waiting.execute(connection).await.map_err(from_sqlx)?;
    Ok(())
}

async fn call(connection: &mut PgConnection, sql: &'static str, lock: i32) -> Result<bool> {
    sqlx::query_scalar(sql).bind(PUENTE).bind(lock).fetch_one(connection).await.map_err(from_sqlx)
}

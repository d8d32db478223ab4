//! Where rows go: everything happens in one transaction (PostgreSQL) or in a file beside the old one (SQLite), so that
//! the target is as it was until the one moment in which it is complete.

mod fresh;
mod postgres;
mod sqlite;

use std::{collections::BTreeMap, time::Duration};

use crate::{
    error::{Error, Result},
    schema::Schema,
    side::{Place, Side},
};

use sqlite::Draft;

/// An open target, brought up to this program's schema.
pub(crate) struct Target {
    pub(crate) side: Side,
    pub(crate) schema: Schema,
    /// The rows of each table that had any before.
    pub(crate) held: BTreeMap<String, u64>,
    /// The versions that the target's servers have seen.
    pub(crate) seen: BTreeMap<String, i64>,
    /// The transfer whose files are in place, by its id.
    pub(crate) files: Option<String>,
    home: Home,
}

enum Home {
    /// What puts indexes, references and triggers back.
    Postgres(Vec<String>),
    Sqlite(Box<Draft>),
}

impl Target {
    /// Opens a place for this transfer alone; a server's replicas get `patience` to leave.
    pub(crate) async fn open(place: &Place, patience: Duration) -> Result<Self> {
        match place {
            Place::Sqlite(path) => sqlite::open(path).await,
            Place::Postgres(url) => postgres::open(url, place, patience).await,
            Place::Backup(_) => Err(Error::Refused("a backup is made by `puente backup`".to_owned())),
        }
    }

    /// Whether it holds no more than a first start leaves.
    pub(crate) fn is_fresh(&self) -> bool {
        fresh::is_fresh(&self.held)
    }

    /// Says so if the disk of the target is too small. Of a server's disk nobody can tell from here.
    pub(crate) fn lacks_space(&self, bytes: u64) -> Option<String> {
        match &self.home {
            Home::Postgres(_) => None,
            Home::Sqlite(draft) => draft.lacks_space(bytes),
        }
    }

    /// Makes room: no rows, and nothing that would be kept up to date row by row.
    pub(crate) async fn empty(&mut self) -> Result<()> {
        match &mut self.home {
            Home::Postgres(put_back) => *put_back = postgres::empty(&mut self.side, &self.schema).await?,
            Home::Sqlite(draft) => draft.empty(&mut self.side).await?,
        }
        Ok(())
    }

    /// Puts everything back, and checks every reference.
    pub(crate) async fn complete(&mut self) -> Result<()> {
        match &mut self.home {
            Home::Postgres(put_back) => postgres::put_back(&mut self.side, std::mem::take(put_back)).await,
            Home::Sqlite(draft) => draft.complete(&mut self.side).await,
        }
    }

    /// The moment in which the target is complete.
    pub(crate) async fn commit(self) -> Result<()> {
        let doing = "the commit (`puente transfer verify` tells whether it was done)";
        match self.home {
            Home::Postgres(_) => self.side.commit(doing).await,
            Home::Sqlite(draft) => draft.commit(self.side).await,
        }
    }

    /// Leaves the target as it was.
    pub(crate) async fn discard(self) {
        self.side.close().await;
    }
}

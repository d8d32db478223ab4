//! How rows travel from the side that reads to the side that writes: in batches, a few at a time, so that memory does
//! not grow with the tables.

use tokio::sync::mpsc;

use crate::{
    error::{Error, Result},
    rows::Rows,
};

/// A batch is passed on once it has this size, in bytes; a single row may be larger.
const SIZE: usize = 256 * 1024;
/// So many batches wait between reader and writer.
const WAITING: usize = 2;

/// Rows of one table.
#[derive(Debug)]
pub(crate) struct Batch {
    /// The index of the table in the list that was asked for.
    pub(crate) table: usize,
    pub(crate) rows: Rows,
}

pub(crate) type Receiver = mpsc::Receiver<Batch>;

/// Collects rows and passes them on.
pub(crate) struct Sender {
    channel: mpsc::Sender<Batch>,
    table: usize,
    pub(crate) rows: Rows,
}

/// Both ends of the way.
pub(crate) fn channel() -> (Sender, Receiver) {
    let (channel, receiver) = mpsc::channel(WAITING);
    (Sender { channel, table: 0, rows: Rows::default() }, receiver)
}

impl Sender {
    fn full(&self) -> bool {
        self.rows.size() >= SIZE
    }

    fn take(&mut self) -> Option<Batch> {
        let rows = std::mem::take(&mut self.rows);
        (!rows.is_empty()).then_some(Batch { table: self.table, rows })
    }

    /// Rows of this table follow.
    pub(crate) async fn start(&mut self, table: usize) -> Result<()> {
        self.flush().await?;
        self.table = table;
        Ok(())
    }

    /// A row has been written into [`Sender::rows`].
    pub(crate) async fn row(&mut self) -> Result<()> {
        if self.full() { self.flush().await } else { Ok(()) }
    }

    /// Passes on what is there.
    pub(crate) async fn flush(&mut self) -> Result<()> {
        match self.take() {
            Some(batch) => self.channel.send(batch).await.map_err(|_| Error::Interrupted),
            None => Ok(()),
        }
    }

    /// As [`Sender::start`], on a thread that may block.
    pub(crate) fn start_blocking(&mut self, table: usize) -> Result<()> {
        self.flush_blocking()?;
        self.table = table;
        Ok(())
    }

    /// As [`Sender::row`], on a thread that may block.
    pub(crate) fn row_blocking(&mut self) -> Result<()> {
        if self.full() { self.flush_blocking() } else { Ok(()) }
    }

    /// As [`Sender::flush`], on a thread that may block.
    pub(crate) fn flush_blocking(&mut self) -> Result<()> {
        match self.take() {
            Some(batch) => self.channel.blocking_send(batch).map_err(|_| Error::Interrupted),
            None => Ok(()),
        }
    }
}

/// The results of both ends; the failure that came first matters, not that the other end stopped for it.
pub(crate) fn both<A, B>(reader: Result<A>, writer: Result<B>) -> Result<(A, B)> {
    match (reader, writer) {
        (Ok(reader), Ok(writer)) => Ok((reader, writer)),
        (Err(Error::Interrupted) | Ok(_), Err(error)) | (Err(error), _) => Err(error),
    }
}

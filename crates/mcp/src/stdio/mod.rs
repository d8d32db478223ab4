//! Newline-delimited JSON over a pair of streams, both eras on one connection.
//!
//! A message that carries a version in its `_meta` is modern; `initialize` makes the rest of the connection legacy. Calls
//! run at the same time; cancelling is by `notifications/cancelled` in both eras.

mod connection;
mod lines;
mod modern;
mod requests;

use std::{io, sync::Arc, time::Duration};

use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt},
    sync::mpsc,
};
use tokio_util::sync::CancellationToken;

use self::{
    connection::Connection,
    lines::{Line, Lines},
};
use crate::{Handler, service::Service};

/// How many messages may wait for a client that does not read.
const QUEUE: usize = 1024;
/// How long calls may go on after the client closed its end: it may have piped its requests in and read the answers.
const GRACE: Duration = Duration::from_secs(5);

/// Serves one client, `caller`, until it closes its end or the service shuts down.
///
/// # Errors
///
/// If reading or writing fails; a client that is gone is no error.
pub async fn serve<H, R, W>(service: Arc<Service<H>>, caller: H::Caller, reader: R, writer: W) -> io::Result<()>
where
    H: Handler,
    R: AsyncRead + Unpin + Send,
    W: AsyncWrite + Unpin + Send + 'static,
{
    let (sender, receiver) = mpsc::channel(QUEUE);
    let done = CancellationToken::new();
    let writing = tokio::spawn(write(writer, receiver, done.clone()));
    let connection = Connection::new(service, caller, sender);
    let read = read(&connection, reader).await;
    connection.end(GRACE).await;
    done.cancel();
    let written = writing.await.unwrap_or(Ok(()));
    read.and(written)
}

async fn read<H: Handler>(connection: &Arc<Connection<H>>, reader: impl AsyncRead + Unpin) -> io::Result<()> {
    let service = &connection.service;
    let mut lines = Lines::new(reader, service.options.max_body);
    loop {
        let line = tokio::select! {
            biased;
            () = service.closing.cancelled() => return Ok(()),
            () = connection.gone() => return Ok(()),
            line = lines.next() => line?,
        };
        match line {
            None => return Ok(()),
            Some(Line::TooLong) => connection.refuse_long_line().await,
            Some(Line::Text(text)) => connection.take(text).await,
        }
    }
}

/// Writes until `done`, and then what still waits. Others may hold on to a way to this client for longer.
async fn write(
    mut writer: impl AsyncWrite + Unpin,
    mut messages: mpsc::Receiver<Vec<u8>>,
    done: CancellationToken,
) -> io::Result<()> {
    loop {
        let message = tokio::select! {
            biased;
            message = messages.recv() => message,
            () = done.cancelled(), if !messages.is_closed() => {
                messages.close();
                continue;
            }
        };
        let Some(mut message) = message else { return Ok(()) };
        message.push(b'\n');
        let written = match writer.write_all(&message).await {
            // Write together what waits together.
            Ok(()) if messages.is_empty() => writer.flush().await,
            written => written,
        };
        match written {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
            written => written?,
        }
    }
}

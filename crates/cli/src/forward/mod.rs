//! `puente stdio` beside a running server: each line from the client becomes a request to it, and what it answers
//! becomes lines. The server alone decides, so that a key that is disabled meanwhile is refused here, too.

mod exchange;
mod listen;
mod message;
mod mirrored;
mod sse;
mod upstream;

use std::{collections::HashMap, io, sync::Arc, time::Duration};

use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader},
    sync::mpsc,
    task::{AbortHandle, JoinSet},
};

use message::Message;
pub(crate) use upstream::Upstream;

/// How many lines may wait for a client that does not read.
const QUEUE: usize = 1024;
/// How long calls may go on after the client closed its end.
const GRACE: Duration = Duration::from_secs(5);

/// Forwards until the client closes its end.
///
/// # Errors
/// If reading or writing fails; a client that is gone is no error.
pub(crate) async fn run<R, W>(upstream: Upstream, reader: R, writer: W) -> io::Result<()>
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin + Send + 'static,
{
    let (lines, receiver) = mpsc::channel(QUEUE);
    let writing = tokio::spawn(write(writer, receiver));
    let mut forwarder =
        Forwarder { upstream: Arc::new(upstream), lines, calls: JoinSet::new(), running: HashMap::new() };
    let mut reader = BufReader::new(reader);
    let mut line = String::new();
    let read = loop {
        line.clear();
        let read = tokio::select! {
            read = reader.read_line(&mut line) => read,
            () = forwarder.lines.closed() => break Ok(()),
        };
        match read {
            Ok(0) => break Ok(()),
            Ok(_) if line.trim().is_empty() => {}
            Ok(_) => forwarder.take(line.trim()).await,
            Err(error) => break Err(error),
        }
    };
    forwarder.end().await;
    read.and(writing.await.unwrap_or(Ok(())))
}

struct Forwarder {
    upstream: Arc<Upstream>,
    lines: mpsc::Sender<String>,
    calls: JoinSet<()>,
    /// Modern requests by the JSON of their ids: the end of their response cancels them.
    running: HashMap<String, AbortHandle>,
}

impl Forwarder {
    async fn take(&mut self, line: &str) {
        while self.calls.try_join_next().is_some() {}
        self.running.retain(|_, call| !call.is_finished());
        let message = match Message::parse(line) {
            Ok(message) => message,
            Err(refused) => return self.say(refused).await,
        };
        if let Some(call) = message.cancels().and_then(|id| self.running.remove(&id)) {
            return call.abort();
        }
        let (upstream, lines) = (self.upstream.clone(), self.lines.clone());
        if message.comes_first() {
            exchange::send(&upstream, &message, &lines).await;
            if message.method() == Some("notifications/initialized") {
                self.calls.spawn(async move { listen::run(&upstream, &lines).await });
            }
            return;
        }
        let id = message.id().filter(|_| message.is_modern()).map(Value::to_string);
        let call = self.calls.spawn(async move { exchange::send(&upstream, &message, &lines).await });
        self.running.extend(id.map(|id| (id, call)));
    }

    async fn say(&self, line: String) {
        // The client is gone if this fails, and reading ends.
        let _ = self.lines.send(line).await;
    }

    /// Lets calls end: the client may have piped its requests in and read the answers.
    async fn end(mut self) {
        self.upstream.close_listening();
        let finished = async { while self.calls.join_next().await.is_some() {} };
        if tokio::time::timeout(GRACE, finished).await.is_err() {
            self.calls.shutdown().await;
        }
        self.upstream.leave().await;
    }
}

async fn write(mut writer: impl AsyncWrite + Unpin, mut lines: mpsc::Receiver<String>) -> io::Result<()> {
    while let Some(mut line) = lines.recv().await {
        line.push('\n');
        let written = match writer.write_all(line.as_bytes()).await {
            Ok(()) => writer.flush().await,
            failed => failed,
        };
        match written {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
            written => written?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;

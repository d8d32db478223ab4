//! What the server says by itself to a legacy client: a GET that streams, again and again.

use std::time::Duration;

use reqwest::Response;
use tokio::sync::mpsc;

use super::{Upstream, sse::Parser};

const PAUSE: Duration = Duration::from_secs(1);

/// Streams until the client closes its end, or the server says that there is no such session.
pub(super) async fn run(upstream: &Upstream, lines: &mpsc::Sender<String>) {
    let mut last_event = None;
    while upstream.has_session() {
        let listening = async {
            let Ok(response) = upstream.get(last_event.as_deref()).send().await else { return true };
            if !response.status().is_success() {
                return false;
            }
            stream(response, lines, &mut last_event).await;
            true
        };
        let again = tokio::select! {
            again = listening => again,
            () = upstream.closed() => false,
        };
        if !again {
            return;
        }
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            () = upstream.closed() => return,
        }
    }
}

async fn stream(mut response: Response, lines: &mpsc::Sender<String>, last_event: &mut Option<String>) {
    let mut parser = Parser::default();
    while let Ok(Some(chunk)) = response.chunk().await {
        parser.push(&chunk);
        while let Some(event) = parser.next() {
            if event.id.is_some() {
                *last_event = event.id;
            }
            if lines.send(event.data).await.is_err() {
                return;
            }
        }
    }
}

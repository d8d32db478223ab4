//! APIs that fail, hang, talk without an end or send garbage: an error within the deadline, in bounded memory.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{body::Body, response::Response};
use bytes::Bytes;
use futures::stream;
use puente_sources::{Source, SourceError};
use serde_json::{Map, Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    time::Instant,
};
use tokio_util::sync::CancellationToken;

use super::support::{Api, LONG, answer, call, definition, run};

fn tools() -> Value {
    json!({"read": {"path": "/r"}, "write": {"method": "POST", "path": "/w"}, "replace": {"method": "PUT", "path": "/p"}})
}

async fn within(source: &dyn Source, millis: u64) -> Result<puente_mcp::ToolResult, SourceError> {
    let deadline = Instant::now() + Duration::from_millis(millis);
    run(source, "read", &Map::new(), &CancellationToken::new(), deadline).await
}

/// Fails so often before it answers.
async fn shaky(failures: usize, failure: fn() -> Response) -> Api {
    let count = Arc::new(AtomicUsize::new(0));
    Api::start(move |_| {
        if count.fetch_add(1, Ordering::SeqCst) < failures { failure() } else { answer(200, "application/json", "{}") }
    })
    .await
}

#[tokio::test]
async fn only_what_may_run_twice_is_sent_twice() {
    let busy = || Response::builder().status(503).header("retry-after", "0").body("".into()).unwrap();
    for (tool, tries) in [("read", 3), ("replace", 3), ("write", 1)] {
        let api = shaky(2, busy).await;
        let source = api.source(json!({}), &tools());
        let result = call(&*source, tool, json!({})).await;
        assert_eq!((api.count(), result.is_ok()), (tries, tries == 3), "{tool}");
    }
    let api = shaky(3, busy).await;
    assert!(call(&*api.source(json!({}), &tools()), "read", json!({})).await.is_err());
    assert_eq!(api.count(), 3);
}

#[tokio::test]
async fn an_api_that_wants_more_time_than_there_is_is_not_waited_for() {
    let api = shaky(1, || Response::builder().status(429).header("retry-after", "3600").body("".into()).unwrap()).await;
    let source = api.source(json!({}), &tools());
    let result = call(&*source, "read", json!({})).await.unwrap();
    assert!(super::support::text(&result).contains("try again after 3600 s"));
    assert_eq!(api.count(), 1);
}

#[tokio::test]
async fn nobody_listening_is_tried_again_and_then_told() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let settings = json!({"base_url": format!("http://{address}")});
    let source =
        puente_sources::Connector::connect(&puente_source_http::HttpConnector, definition(&settings, &tools()))
            .unwrap();
    let error = call(&*source, "write", json!({})).await.unwrap_err();
    assert_eq!(error.to_string(), "source 'shop' is not available: no connection can be opened");
}

#[tokio::test]
async fn a_hung_api_ends_with_the_deadline_and_with_its_caller() {
    // The connection is accepted, and nothing is ever said.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let settings = json!({"base_url": format!("http://{}", listener.local_addr().unwrap())});
    let source =
        puente_sources::Connector::connect(&puente_source_http::HttpConnector, definition(&settings, &tools()))
            .unwrap();
    assert!(matches!(within(&*source, 50).await, Err(SourceError::TimedOut { .. })));

    let cancel = CancellationToken::new();
    let (mut stream, _) = listener.accept().await.unwrap();
    let (arguments, deadline) = (Map::new(), Instant::now() + LONG);
    let calling = run(&*source, "read", &arguments, &cancel, deadline);
    let cancelling = async {
        let (mut second, _) = listener.accept().await.unwrap();
        let mut head = [0; 16];
        second.read_exact(&mut head).await.unwrap();
        cancel.cancel();
        // The API notices: its connection ends.
        let mut rest = Vec::new();
        second.read_to_end(&mut rest).await.unwrap();
    };
    let (result, ()) = tokio::join!(calling, cancelling);
    assert!(matches!(result, Err(SourceError::Cancelled)));
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).await.unwrap();
}

#[tokio::test]
async fn huge_and_endless_answers_are_cut_off() {
    let endless =
        || Body::from_stream(stream::repeat_with(|| Ok::<_, std::io::Error>(Bytes::from_static(&[b'x'; 8192]))));
    let api = Api::start(move |seen| match seen.target.as_str() {
        "/r" => answer(200, "application/json", endless()),
        _ => answer(200, "application/json", "x".repeat(200_000)),
    })
    .await;
    let source = api.source(json!({"max_response_bytes": 100_000}), &tools());
    for tool in ["read", "replace"] {
        let error = call(&*source, tool, json!({})).await.unwrap_err();
        assert!(matches!(error, SourceError::TooLarge { limit_bytes: 100_000 }), "{tool}: {error}");
    }
}

#[tokio::test]
async fn slow_answers_end_with_the_deadline() {
    let drip = || {
        Body::from_stream(stream::unfold((), |()| async {
            tokio::time::sleep(Duration::from_millis(20)).await;
            Some((Ok::<_, std::io::Error>(Bytes::from_static(b" ")), ()))
        }))
    };
    let api = Api::start(move |_| answer(200, "application/json", drip())).await;
    let source = api.source(json!({}), &tools());
    assert!(matches!(within(&*source, 200).await, Err(SourceError::TimedOut { .. })));
}

/// A server that says `said` to everyone and hangs up.
async fn garbage(said: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = [0; 1024];
            let _ = stream.read(&mut head).await;
            let _ = stream.write_all(said).await;
        }
    });
    format!("http://{address}")
}

#[tokio::test]
async fn garbage_is_an_error() {
    let table: [(&'static [u8], &str); 4] = [
        (b"\x00\x01\x02 hello", "broke before an answer came"),
        (b"", "broke before an answer came"),
        (
            b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{\"a\":",
            "in the middle of the answer",
        ),
        (
            b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 5\r\n\r\n{\"a\":",
            "calls JSON, but is none",
        ),
    ];
    for (said, expected) in table {
        let settings = json!({"base_url": garbage(said).await, "retries": 1});
        let source =
            puente_sources::Connector::connect(&puente_source_http::HttpConnector, definition(&settings, &tools()))
                .unwrap();
        let error = call(&*source, "read", json!({})).await.unwrap_err().to_string();
        assert!(error.contains(expected), "{expected}: {error}");
    }
}

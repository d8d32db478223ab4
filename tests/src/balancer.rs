//! A plain round-robin balancer: it asks every replica each 100 ms whether it is ready, sends each request to the next one
//! that is, over a connection of its own, and never sends a request twice.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use reqwest::Client;
use tokio::{net::TcpListener, task::JoinSet, time::sleep};

/// How often a replica is asked.
const EVERY: Duration = Duration::from_millis(100);
/// The largest body.
const MAX_BODY: usize = 16 * 1024 * 1024;
/// Says which replica answered, counted from 0.
pub const REPLICA: &str = "x-replica";

/// A running balancer; it ends when it is dropped.
pub struct Balancer {
    url: String,
    replicas: Arc<Replicas>,
    _tasks: JoinSet<()>,
}

struct Replicas {
    all: Vec<Replica>,
    next: AtomicUsize,
    http: Client,
}

struct Replica {
    url: String,
    ready: AtomicBool,
    /// How many requests it did not answer.
    unanswered: AtomicUsize,
}

impl Balancer {
    /// Balances between these base URLs.
    pub async fn start(urls: impl IntoIterator<Item = String>) -> Self {
        let http = Client::builder().no_proxy().pool_max_idle_per_host(0).build().expect("a client without TLS");
        let all = urls.into_iter().map(|url| Replica { url, ready: false.into(), unanswered: 0.into() }).collect();
        let replicas = Arc::new(Replicas { all, next: AtomicUsize::new(0), http });
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("it is bound"));
        let mut tasks = JoinSet::new();
        for index in 0..replicas.all.len() {
            tasks.spawn(watch(replicas.clone(), index));
        }
        let router = Router::new().fallback(forward).with_state(replicas.clone());
        tasks.spawn(async move { axum::serve(listener, router).await.expect("it serves") });
        Self { url, replicas, _tasks: tasks }
    }

    /// Where clients connect to.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Whether a replica gets requests now.
    #[must_use]
    pub fn is_ready(&self, replica: usize) -> bool {
        self.replicas.all[replica].ready.load(Ordering::Relaxed)
    }

    /// How many requests a replica has left without an answer.
    #[must_use]
    pub fn unanswered(&self, replica: usize) -> usize {
        self.replicas.all[replica].unanswered.load(Ordering::Relaxed)
    }
}

async fn watch(replicas: Arc<Replicas>, index: usize) {
    let Replica { url, ready, .. } = &replicas.all[index];
    loop {
        let asked = replicas.http.get(format!("{url}/health/ready")).timeout(Duration::from_secs(1)).send().await;
        ready.store(asked.is_ok_and(|answer| answer.status() == 200), Ordering::Relaxed);
        sleep(EVERY).await;
    }
}

async fn forward(State(replicas): State<Arc<Replicas>>, request: Request) -> Response {
    let count = replicas.all.len();
    let first = replicas.next.fetch_add(1, Ordering::Relaxed);
    let is_ready = |index: &usize| replicas.all[*index].ready.load(Ordering::Relaxed);
    let ready = (first..first + count).map(|index| index % count).find(is_ready);
    let Some(index) = ready else { return (StatusCode::SERVICE_UNAVAILABLE, "no replica is ready").into_response() };
    let replica = &replicas.all[index];
    let mut response = match send(&replicas.http, &replica.url, request).await {
        Ok(response) => response,
        Err(error) => {
            replica.unanswered.fetch_add(1, Ordering::Relaxed);
            (StatusCode::BAD_GATEWAY, format!("replica {index}: {error}")).into_response()
        }
    };
    response.headers_mut().insert(REPLICA, index.into());
    response
}

async fn send(http: &Client, replica: &str, request: Request) -> reqwest::Result<Response> {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let body = to_bytes(body, MAX_BODY).await.unwrap_or_default();
    let sent = http.request(parts.method, format!("{replica}{path}")).headers(end_to_end(parts.headers)).body(body);
    let answer = sent.send().await?;
    let (status, headers) = (answer.status(), end_to_end(answer.headers().clone()));
    let streams = headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == "text/event-stream");
    // What is no stream is passed on once it is whole, so that a replica that dies in the middle is known to have.
    let body = if streams { Body::from_stream(answer.bytes_stream()) } else { Body::from(answer.bytes().await?) };
    let mut response = Response::new(body);
    (*response.status_mut(), *response.headers_mut()) = (status, headers);
    Ok(response)
}

fn end_to_end(mut headers: HeaderMap) -> HeaderMap {
    for hop in [header::HOST, header::CONNECTION, header::CONTENT_LENGTH, header::TRANSFER_ENCODING] {
        headers.remove(hop);
    }
    headers
}

//! A load: so many connections, each sending one request after the other, for so long.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{
    Request, StatusCode,
    client::conn::http1::{SendRequest, handshake},
};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpStream, task::JoinSet};

/// The request of a load. Every answer must have status 200 and contain `expect`.
#[derive(Clone)]
pub(crate) struct Target {
    pub(crate) address: SocketAddr,
    pub(crate) path: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    /// Takes the number of the request, so that not every request is the same.
    pub(crate) body: Arc<dyn Fn(u64) -> String + Send + Sync>,
    pub(crate) expect: &'static str,
}

/// What a load measured.
#[derive(Clone, Debug)]
pub(crate) struct Measured {
    pub(crate) per_second: f64,
    pub(crate) p50: Duration,
    pub(crate) p99: Duration,
}

/// Runs a load after a warm-up of a fifth of its time.
///
/// # Errors
/// The first answer that is not the expected one ends the load.
pub(crate) async fn run(target: &Target, connections: usize, time: Duration) -> anyhow::Result<Measured> {
    drive(target, connections, time / 5).await?;
    let mut latencies = drive(target, connections, time).await?;
    latencies.sort_unstable();
    let at = |percent: usize| latencies[(latencies.len() - 1) * percent / 100];
    Ok(Measured { per_second: latencies.len() as f64 / time.as_secs_f64(), p50: at(50), p99: at(99) })
}

/// The run in the middle by throughput.
pub(crate) fn median(mut runs: Vec<Measured>) -> Measured {
    runs.sort_by(|one, other| one.per_second.total_cmp(&other.per_second));
    let middle = runs.len() / 2;
    runs.swap_remove(middle)
}

/// So many requests a second, one after the other on each of a few connections.
pub(crate) async fn paced(target: &Target, per_second: f64, time: Duration) -> anyhow::Result<()> {
    const CONNECTIONS: u32 = 8;
    let mut clients = JoinSet::new();
    for number in 0..CONNECTIONS {
        let pause = Duration::from_secs_f64(f64::from(CONNECTIONS) / per_second);
        clients.spawn(paced_client(target.clone(), u64::from(number), pause, Instant::now() + time));
    }
    while let Some(client) = clients.join_next().await {
        client??;
    }
    Ok(())
}

async fn paced_client(target: Target, number: u64, pause: Duration, until: Instant) -> anyhow::Result<()> {
    let (mut sender, _connection) = connect(&target).await?;
    let mut ticks = tokio::time::interval(pause);
    let mut count = number * 1_000_003;
    while Instant::now() < until {
        ticks.tick().await;
        count += 1;
        request(&target, &mut sender, count).await?;
    }
    Ok(())
}

type Connection = tokio::task::JoinHandle<hyper::Result<()>>;

async fn connect(target: &Target) -> anyhow::Result<(SendRequest<Full<Bytes>>, Connection)> {
    let stream = TcpStream::connect(target.address).await.context("cannot connect")?;
    stream.set_nodelay(true)?;
    let (sender, connection) = handshake(TokioIo::new(stream)).await?;
    Ok((sender, tokio::spawn(connection)))
}

async fn drive(target: &Target, connections: usize, time: Duration) -> anyhow::Result<Vec<Duration>> {
    let until = Instant::now() + time;
    let mut clients = JoinSet::new();
    for number in 0..connections {
        clients.spawn(client(target.clone(), number as u64, until));
    }
    let mut latencies = Vec::new();
    while let Some(client) = clients.join_next().await {
        latencies.extend(client??);
    }
    ensure!(!latencies.is_empty(), "no request was answered in {time:?}");
    Ok(latencies)
}

async fn client(target: Target, number: u64, until: Instant) -> anyhow::Result<Vec<Duration>> {
    let (mut sender, connection) = connect(&target).await?;
    let mut latencies = Vec::new();
    let mut count = number * 1_000_003;
    while Instant::now() < until {
        count += 1;
        let began = Instant::now();
        request(&target, &mut sender, count).await?;
        latencies.push(began.elapsed());
    }
    drop(sender);
    connection.await??;
    Ok(latencies)
}

async fn request(target: &Target, sender: &mut SendRequest<Full<Bytes>>, number: u64) -> anyhow::Result<()> {
    let mut request = Request::post(&target.path).header("host", target.address.to_string());
    for (name, value) in &target.headers {
        request = request.header(*name, value);
    }
    let body = (target.body)(number);
    let answer = sender.send_request(request.body(Full::from(body))?).await?;
    let status = answer.status();
    let body = answer.into_body().collect().await?.to_bytes();
    let text = std::str::from_utf8(&body)?;
    ensure!(status == StatusCode::OK && text.contains(target.expect), "status {status}, body {text}");
    Ok(())
}

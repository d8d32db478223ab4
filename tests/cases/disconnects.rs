//! Clients that go without a word leave nothing behind.

use std::{fs, time::Duration};

use puente_tests::{Server, Site};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
};

const CLIENTS: usize = 1000;
const AT_ONCE: usize = 100;

/// A client that opens a stream of notifications and disappears once the server answers.
async fn listen_and_vanish(address: String, key: String) {
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "subscriptions/listen", "params": {
        "notifications": {"toolsListChanged": true},
        "_meta": {"io.modelcontextprotocol/protocolVersion": "2026-07-28",
                  "io.modelcontextprotocol/clientCapabilities": {}}}})
    .to_string();
    let request = format!(
        "POST /mcp HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\n\
         Accept: application/json, text/event-stream\r\nMCP-Protocol-Version: 2026-07-28\r\n\
         Mcp-Method: subscriptions/listen\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(&address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200");
}

/// The processor time of the server so far, in ticks of the kernel.
fn ticks(server: &Server) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{}/stat", server.pid())).unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}

/// Clients that the server still has a connection of: neither its listener nor what has ended.
fn clients(server: &Server) -> usize {
    const LISTENS: &str = "0A";
    const WAITS: &str = "06";
    let port: u16 = server.url().rsplit(':').next().unwrap().parse().unwrap();
    let port = format!(":{port:04X}");
    let connections = fs::read_to_string(format!("/proc/{}/net/tcp", server.pid())).unwrap();
    let fields = connections.lines().skip(1).map(|line| line.split_whitespace().collect::<Vec<_>>());
    fields.filter(|fields| fields[1].ends_with(&port) && ![LISTENS, WAITS].contains(&fields[3])).count()
}

#[tokio::test]
async fn a_thousand_abrupt_disconnects() {
    let site = Site::with_notes();
    let key = site.key("robot", &[]);
    let server = site.serve().await;
    let address = server.url().trim_start_matches("http://").to_owned();
    let before = clients(&server);
    for _ in 0..CLIENTS / AT_ONCE {
        let mut clients = JoinSet::new();
        for _ in 0..AT_ONCE {
            clients.spawn(listen_and_vanish(address.clone(), key.clone()));
        }
        clients.join_all().await;
    }
    server.until("every connection is closed", async || clients(&server) <= before + 2).await;
    let rests = async || {
        let before = ticks(&server);
        tokio::time::sleep(Duration::from_millis(500)).await;
        // Of fifty that one core has in this time.
        ticks(&server) - before <= 5
    };
    server.until("it rests", rests).await;
    assert_eq!(server.mcp(&key).tool_names().await.len(), 2);
}

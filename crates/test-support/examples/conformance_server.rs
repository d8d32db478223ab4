//! Serves the conformance fixture: `cargo run -p puente-test-support --example conformance_server [ADDRESS]`.

use std::sync::Arc;

use puente_mcp::Options;
use puente_test_support::{host, source::TestSource};

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:0".to_owned());
    let running = host::serve(&address, vec![Arc::new(TestSource::default())], Options::default(), None).await?;
    println!("{}", running.url());
    tokio::signal::ctrl_c().await?;
    running.service.shutdown().await;
    Ok(())
}

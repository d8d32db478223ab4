//! Serves the conformance fixture: `conformance_server [ADDRESS] [legacy|modern]`. Says where it listens, and tells at
//! `/log` what it was asked for.

use std::sync::Arc;

use puente_mcp::{Era, Options};
use puente_test_support::{host, source::TestSource};

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:0".to_owned());
    let only = match std::env::args().nth(2).as_deref() {
        Some("legacy") => Some(Era::Legacy),
        Some("modern") => Some(Era::Modern),
        _ => None,
    };
    let sources: Vec<Arc<dyn puente_sources::Source>> = vec![Arc::new(TestSource::default())];
    let running = host::serve_only(&address, sources, Options::default(), None, only).await?;
    println!("{}", running.url());
    tokio::signal::ctrl_c().await?;
    running.service.shutdown().await;
    Ok(())
}

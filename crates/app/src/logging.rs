//! The log: one subscriber for the process, to standard error and, if wanted, to files that rotate daily.

use std::io::IsTerminal;

use anyhow::Context;
use puente_config::{LogFormat, Logging};
use tracing_appender::{non_blocking::WorkerGuard, rolling};
use tracing_subscriber::{EnvFilter, Layer, Registry, fmt, layer::SubscriberExt, util::SubscriberInitExt};

/// How many daily files are kept.
const KEPT_FILES: usize = 14;

/// Writes the rest of the log when it is dropped.
pub struct LogGuard(#[expect(dead_code, reason = "dropping it flushes")] Option<WorkerGuard>);

/// Starts the log. `RUST_LOG` refines the level for those who know the crates.
///
/// # Errors
/// If `LOGS_DIR` cannot be written, or a log was started already.
pub fn start_logging(settings: &Logging) -> anyhow::Result<LogGuard> {
    let mut layers: Vec<Box<dyn Layer<Registry> + Send + Sync>> = vec![terminal(settings.format)];
    let mut guard = None;
    if let Some(folder) = &settings.dir {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot create LOGS_DIR {}", folder.display()))?;
        let files = rolling::Builder::new().rotation(rolling::Rotation::DAILY);
        let files = files.filename_prefix("puente").filename_suffix("log").max_log_files(KEPT_FILES).build(folder);
        let files = files.with_context(|| format!("cannot write to LOGS_DIR {}", folder.display()))?;
        let (writer, worker) = tracing_appender::non_blocking(files);
        layers.push(fmt::layer().json().flatten_event(true).with_writer(writer).boxed());
        guard = Some(worker);
    }
    // PostgreSQL tells at each start that its tables are there already.
    let filter = EnvFilter::builder().with_default_directive(level(settings).parse()?).from_env_lossy();
    let filter = filter.add_directive("sqlx::postgres::notice=warn".parse()?);
    tracing_subscriber::registry().with(layers).with(filter).try_init().context("the log was started already")?;
    Ok(LogGuard(guard))
}

fn terminal(format: LogFormat) -> Box<dyn Layer<Registry> + Send + Sync> {
    let person = std::io::stderr().is_terminal();
    let layer = fmt::layer().with_writer(std::io::stderr);
    match format {
        LogFormat::Text => layer.with_ansi(person).boxed(),
        LogFormat::Auto if person => layer.boxed(),
        LogFormat::Auto | LogFormat::Json => layer.json().flatten_event(true).boxed(),
    }
}

/// Libraries say at `info` what helps nobody who runs Puente.
fn level(settings: &Logging) -> String {
    settings.level.as_str().to_owned()
}

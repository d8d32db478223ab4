//! The log and the traces: one subscriber for the process, to standard error and, if wanted, to files that rotate daily
//! and to an OpenTelemetry collector.

use std::io::IsTerminal;

use anyhow::Context;
use puente_config::{LogFormat, Logging};
use tracing_appender::{non_blocking::WorkerGuard, rolling};
use tracing_subscriber::{
    EnvFilter, Layer, Registry, filter::Targets, fmt, layer::SubscriberExt, util::SubscriberInitExt,
};

use crate::traces::Traces;

/// How many daily files are kept.
const KEPT_FILES: usize = 14;

type Layers = Vec<Box<dyn Layer<Registry> + Send + Sync>>;

/// Writes the rest of the log and of the spans when it is dropped.
#[expect(dead_code, reason = "dropping them flushes")]
pub struct LogGuard {
    files: Option<WorkerGuard>,
    traces: Option<Traces>,
}

/// Starts the log. `RUST_LOG` refines the level for those who know the crates.
///
/// # Errors
/// If `LOGS_DIR` cannot be written, or a log was started already.
pub fn start_logging(settings: &Logging) -> anyhow::Result<LogGuard> {
    let (layers, files) = log(settings)?;
    let subscriber = tracing_subscriber::registry().with(layers).with(filter(settings)?);
    subscriber.try_init().context("the log was started already")?;
    Ok(LogGuard { files, traces: None })
}

/// Starts the log, and the export of spans if the standard `OTEL_…` variables name a collector. Needs a Tokio runtime.
///
/// # Errors
/// See [`start_logging`]; or the variables cannot be followed.
pub fn start_telemetry(settings: &Logging) -> anyhow::Result<LogGuard> {
    let Some(traces) = Traces::start()? else { return start_logging(settings) };
    let (layers, files) = log(settings)?;
    let log = layers.with_filter(filter(settings)?);
    // Whatever is logged, spans are whole. Those of libraries would be found in the spans' own export, too.
    let ours = Targets::new().with_target("puente", tracing::Level::DEBUG);
    let spans = tracing_opentelemetry::layer().with_tracer(traces.tracer()).with_location(false).with_threads(false);
    let spans = spans.with_filter(ours);
    tracing_subscriber::registry().with(log).with(spans).try_init().context("the log was started already")?;
    Ok(LogGuard { files, traces: Some(traces) })
}

fn log(settings: &Logging) -> anyhow::Result<(Layers, Option<WorkerGuard>)> {
    let mut layers: Layers = vec![terminal(settings.format)];
    let Some(folder) = &settings.dir else { return Ok((layers, None)) };
    std::fs::create_dir_all(folder).with_context(|| format!("cannot create LOGS_DIR {}", folder.display()))?;
    let files = rolling::Builder::new().rotation(rolling::Rotation::DAILY);
    let files = files.filename_prefix("puente").filename_suffix("log").max_log_files(KEPT_FILES).build(folder);
    let files = files.with_context(|| format!("cannot write to LOGS_DIR {}", folder.display()))?;
    let (writer, worker) = tracing_appender::non_blocking(files);
    layers.push(fmt::layer().json().flatten_event(true).with_writer(writer).boxed());
    Ok((layers, Some(worker)))
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

fn filter(settings: &Logging) -> anyhow::Result<EnvFilter> {
    let filter = EnvFilter::builder().with_default_directive(settings.level.as_str().parse()?).from_env_lossy();
    // PostgreSQL tells at each start that its tables are there already.
    Ok(filter.add_directive("sqlx::postgres::notice=warn".parse()?))
}

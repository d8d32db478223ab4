//! The log.

use std::path::PathBuf;

use crate::{parse, reader::Reader, setting::Setting};

const LOG_LEVEL: Setting =
    Setting::optional("LOG_LEVEL", "info, or debug with DEBUG=true", "error, warn, info, debug or trace");
const LOG_FORMAT: Setting =
    Setting::optional("LOG_FORMAT", "text on a terminal, else json", "How log lines look: `text` or `json`");
const LOGS_DIR: Setting = Setting::optional("LOGS_DIR", "none: standard error only", "A folder for log files as well");

pub(crate) const SETTINGS: &[Setting] = &[LOG_LEVEL, LOG_FORMAT, LOGS_DIR];

/// What is logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogLevel {
    /// What an operator must repair.
    Error,
    /// What an operator should look at.
    Warn,
    /// What happens.
    Info,
    /// How it happens.
    Debug,
    /// Everything.
    Trace,
}

impl LogLevel {
    /// As `tracing` writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
            Self::Trace => "trace",
        }
    }
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// [`LogFormat::Text`] on a terminal, else [`LogFormat::Json`].
    Auto,
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// The log.
#[derive(Clone, Debug)]
pub struct Logging {
    /// `LOG_LEVEL`.
    pub level: LogLevel,
    /// `LOG_FORMAT`.
    pub format: LogFormat,
    /// `LOGS_DIR`.
    pub dir: Option<PathBuf>,
}

impl Logging {
    pub(crate) fn read(reader: &mut Reader<'_>, debug: bool) -> Self {
        let usual = if debug { LogLevel::Debug } else { LogLevel::Info };
        Self {
            level: reader.optional(&LOG_LEVEL, level).unwrap_or(usual),
            format: reader.optional(&LOG_FORMAT, format).unwrap_or(LogFormat::Auto),
            dir: reader.optional(&LOGS_DIR, parse::path),
        }
    }
}

fn level(text: &str) -> Result<LogLevel, String> {
    match text.to_ascii_lowercase().as_str() {
        "error" | "critical" => Ok(LogLevel::Error),
        "warn" | "warning" => Ok(LogLevel::Warn),
        "info" => Ok(LogLevel::Info),
        "debug" => Ok(LogLevel::Debug),
        "trace" => Ok(LogLevel::Trace),
        _ => Err("error, warn, info, debug or trace".to_owned()),
    }
}

fn format(text: &str) -> Result<LogFormat, String> {
    match text.to_ascii_lowercase().as_str() {
        "auto" => Ok(LogFormat::Auto),
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        _ => Err("`text` or `json`".to_owned()),
    }
}

//! Flags that every command has, and what they lead to: settings, a log, an open Puente.

use std::{
    io::ErrorKind,
    path::{Path, PathBuf},
};

use anyhow::Context;
use clap::Args;
use puente_app::{App, Builder, LogGuard};
use puente_config::{Config, LogFormat, LogLevel, Logging, Overrides};

/// Where settings come from, and how much is logged.
#[derive(Args, Clone, Debug)]
pub(crate) struct Global {
    /// A file with settings [default: puente.toml, if there is one]
    #[arg(long, global = true, value_name = "FILE", env = "PUENTE_CONFIG", hide_env_values = true)]
    pub(crate) config: Option<PathBuf>,
    /// The data folder [setting: `DATA_DIR`] [default: ./data]
    #[arg(long, global = true, value_name = "FOLDER")]
    data_dir: Option<String>,
    /// How much is logged: error, warn, info, debug or trace [setting: `LOG_LEVEL`]
    #[arg(long, global = true, value_name = "LEVEL")]
    log_level: Option<String>,
}

impl Global {
    /// The settings, with flags of the command on top.
    pub(crate) fn settings(&self, flags: Overrides) -> anyhow::Result<Config> {
        let mut overrides = flags;
        overrides.extend(self.data_dir.clone().map(|value| ("DATA_DIR", value)));
        overrides.extend(self.log_level.clone().map(|value| ("LOG_LEVEL", value)));
        let environment = |name: &str| std::env::var(name).ok();
        let file = self.config_file()?.map(|(_, text)| text);
        Config::load(&overrides, &environment, file.as_deref()).context("the settings are wrong")
    }

    /// The file with settings that is in force, and its text.
    pub(crate) fn config_file(&self) -> anyhow::Result<Option<(PathBuf, String)>> {
        let path = self.config.as_deref().unwrap_or(Path::new("puente.toml"));
        match std::fs::read_to_string(path) {
            Ok(text) => Ok(Some((path.to_owned(), text))),
            Err(error) if error.kind() == ErrorKind::NotFound && self.config.is_none() => Ok(None),
            Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
        }
    }

    /// Opens the data for one command. Its log goes to standard error: warnings, unless `--log-level` says otherwise.
    pub(crate) async fn open(&self) -> anyhow::Result<(App, LogGuard)> {
        self.open_with(Overrides::new()).await
    }

    /// Starts the log of one command, on standard error.
    pub(crate) fn start_log(&self, config: &Config) -> anyhow::Result<LogGuard> {
        let level = if self.log_level.is_some() { config.logging.level } else { LogLevel::Warn };
        puente_app::start_logging(&Logging { level, format: LogFormat::Text, dir: None })
    }

    /// The same, with flags of the command on top of the settings.
    pub(crate) async fn open_with(&self, flags: Overrides) -> anyhow::Result<(App, LogGuard)> {
        let config = self.settings(flags)?;
        let guard = self.start_log(&config)?;
        Ok((Builder::new(config).open().await?, guard))
    }
}

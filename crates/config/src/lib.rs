//! Puente's settings, parsed once into sum types, so that nonsense cannot exist after the start.
//!
//! Flags win over the environment, which wins over `puente.toml`, which wins over defaults. Every value can come from a
//! file that `NAME_FILE` names. All problems are reported at once, and none of them shows a secret.
//!
//! To add a setting: a `const` in its section's file, an entry in that file's `SETTINGS`, a field, and a line in `read`.

mod audit;
mod backup;
mod cidr;
mod database;
mod error;
mod file;
pub mod keys;
mod limits;
mod logging;
mod network;
mod parse;
mod reader;
mod redis;
mod security;
mod server;
mod setting;
mod strength;
mod tokens;

use std::collections::BTreeMap;

use reader::Reader;

pub use audit::{AuditFailure, AuditSettings};
pub use backup::{BackupPlace, BackupSettings, S3Settings};
pub use cidr::Cidr;
pub use database::{Database, DatabaseSettings};
pub use error::{ConfigErrors, Problem};
pub use keys::{KeyError, KeySource};
pub use limits::{Limits, Rate};
pub use logging::{LogFormat, LogLevel, Logging};
pub use network::Network;
pub use reader::{Given, Layer, Overrides};
pub use redis::Shared;
pub use security::Security;
pub use server::{Environment, Server};
pub use setting::{Fallback, Setting, all as settings};
pub use tokens::{JwtAlgorithm, TokenSettings};

/// Everything that an operator can set.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where it listens and keeps its files.
    pub server: Server,
    /// Where it keeps its data.
    pub database: DatabaseSettings,
    /// What replicas share.
    pub shared: Shared,
    /// Its own secrets, and the first administrator.
    pub security: Security,
    /// Access tokens.
    pub tokens: TokenSettings,
    /// What may reach it, and what it may reach.
    pub network: Network,
    /// Limits and times.
    pub limits: Limits,
    /// The audit trail.
    pub audit: AuditSettings,
    /// Backups.
    pub backup: BackupSettings,
    /// The log.
    pub logging: Logging,
    /// What works, but should not stay so; for the log and `doctor`.
    pub warnings: Vec<String>,
    given: BTreeMap<&'static str, Given>,
}

impl Config {
    /// Reads all settings: `overrides` are flags, `env` looks an environment variable up, `toml` is the text of
    /// `puente.toml` if there is one.
    ///
    /// Nothing but files named by `NAME_FILE` is touched; keys are made by [`KeySource::load_or_create`].
    ///
    /// # Errors
    /// Everything that is wrong, at once.
    pub fn load(
        overrides: &Overrides,
        env: &dyn Fn(&str) -> Option<String>,
        toml: Option<&str>,
    ) -> Result<Self, ConfigErrors> {
        let (file, problems) = toml.map(file::parse).unwrap_or_default();
        let mut reader = Reader::new(overrides, env, file, problems);
        let server = Server::read(&mut reader);
        let tokens = TokenSettings::read(&mut reader);
        let security = Security::read(&mut reader, &server.data_dir);
        let warnings = security.check(&mut reader, server.environment, tokens.algorithm);
        let config = Self {
            database: DatabaseSettings::read(&mut reader, &server.data_dir),
            shared: Shared::read(&mut reader),
            network: Network::read(&mut reader),
            limits: Limits::read(&mut reader),
            audit: AuditSettings::read(&mut reader),
            backup: BackupSettings::read(&mut reader, &server.data_dir),
            logging: Logging::read(&mut reader, server.debug),
            given: reader.given,
            server,
            tokens,
            security,
            warnings,
        };
        if reader.problems.is_empty() { Ok(config) } else { Err(ConfigErrors(reader.problems)) }
    }

    /// Every setting, and where it was given (`None`: its default holds).
    pub fn describe(&self) -> impl Iterator<Item = (&'static Setting, Option<&Given>)> {
        settings().map(|setting| (setting, self.given.get(setting.name)))
    }
}

#[cfg(test)]
mod tests;

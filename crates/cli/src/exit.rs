//! Exit codes: stable, for scripts. The help text of `puente` lists them.

use puente_config::{ConfigErrors, KeyError};
use puente_gateway::Error;

/// It failed.
const FAILED: u8 = 1;
/// The settings are wrong. (2 is clap's: the command line is wrong.)
const CONFIGURATION: u8 = 3;
/// There is no such thing, or it is not allowed.
const REFUSED: u8 = 4;

/// For the help text.
pub(crate) const HELP: &str = "Exit codes:
  0  it worked
  1  it failed
  2  the command line is wrong
  3  the settings are wrong (environment, puente.toml, keys)
  4  there is no such thing, or it is not allowed";

/// Something that is missing or not allowed, and that only the command line knows of.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Refused(pub(crate) String);

/// Settings that are right by themselves, but do not fit the data.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Misconfigured(pub(crate) String);

/// The exit code that says how `error` came about.
pub(crate) fn code(error: &anyhow::Error) -> u8 {
    for cause in error.chain() {
        if cause.is::<ConfigErrors>() || cause.is::<KeyError>() || cause.is::<puente_auth::VaultError>() {
            return CONFIGURATION;
        }
        if cause.is::<Misconfigured>() {
            return CONFIGURATION;
        }
        if cause.is::<Refused>() {
            return REFUSED;
        }
        if let Some(puente_transfer::Error::Refused(_) | puente_transfer::Error::InUse(_)) = cause.downcast_ref() {
            return REFUSED;
        }
        if let Some(Error::NotFound { .. } | Error::Refused(_) | Error::Unauthenticated(_)) = cause.downcast_ref() {
            return REFUSED;
        }
    }
    FAILED
}

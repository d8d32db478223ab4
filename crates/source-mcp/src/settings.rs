//! What a `mcp` source and its tools may say in a catalog.

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use serde::{Deserialize, Deserializer, de::Error};

/// Settings of a source of type `mcp`. Holds credentials: never log it.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SourceSettings {
    /// `https://…/mcp`: Streamable HTTP, or the older HTTP with SSE.
    pub(crate) url: Option<String>,
    /// Headers of every request.
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, String>,
    /// A program and its arguments: standard streams. For operators only.
    pub(crate) command: Option<Vec<String>>,
    /// The command's environment, beyond a few harmless variables of our own.
    #[serde(default)]
    pub(crate) env: BTreeMap<String, String>,
    /// Where the command starts; our own working folder if absent.
    pub(crate) cwd: Option<PathBuf>,
    /// What the command may use.
    #[serde(default)]
    pub(crate) limits: LimitSettings,
    /// Which era the upstream speaks.
    #[serde(default)]
    pub(crate) era: EraSetting,
    /// What the upstream may ask of callers, if they can be asked for it.
    pub(crate) ask: Option<Vec<Ask>>,
    /// How long the upstream may take to start.
    #[serde(default, deserialize_with = "duration")]
    pub(crate) start_timeout: Option<Duration>,
    /// What happens to tools whose definition changes. Kept by the gateway.
    #[serde(default)]
    #[expect(dead_code, reason = "the gateway reads it; here it is only checked")]
    pub(crate) pin: Pin,
}

/// `limits:`.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LimitSettings {
    /// Memory in MiB.
    pub(crate) memory_mb: Option<u64>,
    /// Processes and threads.
    pub(crate) processes: Option<u64>,
    /// Open files.
    pub(crate) files: Option<u64>,
}

impl LimitSettings {
    /// Whether anything is limited.
    pub(crate) const fn is_set(self) -> bool {
        self.memory_mb.is_some() || self.processes.is_some() || self.files.is_some()
    }
}

/// `era:`.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum EraSetting {
    /// Found out.
    #[default]
    Auto,
    /// Up to 2025-11-25.
    Legacy,
    /// From 2026-07-28 on.
    Modern,
}

/// What an upstream may ask for.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Ask {
    /// Something of the user.
    Elicitation,
    /// Something of the client's model.
    Sampling,
    /// The client's folders.
    Roots,
}

/// `pin:`.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Pin {
    /// A changed tool is not offered until somebody accepts it.
    #[default]
    Quarantine,
    /// A changed tool is offered, with a warning.
    Warn,
    /// Changes pass.
    Off,
}

/// Settings of a tool; what every tool has is parsed by the gateway and no longer here.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ToolSettings {
    /// Whether it changes nothing; what the upstream says if absent.
    pub(crate) read_only: Option<bool>,
    /// Whether it can destroy or overwrite.
    pub(crate) destructive: Option<bool>,
    /// Whether a second call with the same arguments changes nothing more.
    pub(crate) idempotent: Option<bool>,
}

fn duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let duration = puente_domain::duration::parse_positive(&text);
    duration.map(Some).map_err(|expected| D::Error::custom(format!("'{text}' is not {expected}")))
}

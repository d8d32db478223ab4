//! What a `sql` source and its tools may say in a catalog.

use std::{collections::BTreeMap, time::Duration};

use serde::{Deserialize, Deserializer, de::Error};
use serde_json::{Map, Value};

use crate::identity::Claim;

/// Rows of a result if neither the tool nor the source says otherwise.
const DEFAULT_MAX_ROWS: usize = 1000;

/// Settings of a source of type `sql`.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SourceSettings {
    /// `sqlite:FILE`, `postgresql://…`, `mysql://…` or `mariadb://…`. Holds credentials: never log it.
    pub(crate) url: String,
    /// Ad-hoc queries, under a login of their own.
    pub(crate) explore: Option<ExploreSettings>,
    /// Session settings that carry the caller into the database (PostgreSQL).
    #[serde(default)]
    pub(crate) identity: IdentitySettings,
    /// Connections.
    #[serde(default)]
    pub(crate) pool: PoolSettings,
    /// The longest that a statement may run, whatever the call's deadline.
    #[serde(default, deserialize_with = "duration")]
    pub(crate) statement_timeout: Option<Duration>,
    /// Rows of a result; more are cut off, and the result says so.
    #[serde(default = "default_max_rows")]
    pub(crate) max_rows: usize,
}

/// `explore:`: `list_tables`, `describe_table` and `query`. In SQLite, `query` takes no values above 1 MiB and no pattern
/// for LIKE above 250 bytes.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExploreSettings {
    /// The login whose grants are the boundary. Optional for SQLite, which has no logins.
    pub(crate) url: Option<String>,
    /// Schemas that `list_tables` shows; if empty all that the login sees, in MySQL the database of the URL.
    #[serde(default)]
    pub(crate) schemas: Vec<String>,
    /// Tables that are shown. In SQLite nothing else can be read; elsewhere the login's grants decide.
    #[serde(default)]
    pub(crate) tables: Vec<String>,
    /// Rows of a result.
    #[serde(default = "default_explore_rows")]
    pub(crate) max_rows: usize,
}

/// `identity:`.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct IdentitySettings {
    /// Setting → what it is set to, for the time of one transaction: `app.user: principal.name`.
    #[serde(default)]
    pub(crate) settings: BTreeMap<String, Claim>,
}

/// `pool:`.
#[derive(Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct PoolSettings {
    /// The most connections at a time.
    pub(crate) max: usize,
    /// How long an unused connection stays open.
    #[serde(deserialize_with = "duration")]
    pub(crate) idle: Option<Duration>,
    /// How old a connection may become.
    #[serde(deserialize_with = "duration")]
    pub(crate) lifetime: Option<Duration>,
}

impl Default for PoolSettings {
    fn default() -> Self {
        Self { max: 10, idle: Some(Duration::from_mins(10)), lifetime: Some(Duration::from_mins(30)) }
    }
}

/// Settings of a tool; what every tool has is parsed by the gateway and no longer here.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SqlToolSettings {
    /// One statement with `:name` placeholders.
    pub(crate) sql: String,
    /// By name, in the order of the catalog. Parsed one by one, so that a finding names the parameter.
    #[serde(default)]
    pub(crate) parameters: Map<String, Value>,
    /// Whether the statement may change something.
    #[serde(default)]
    pub(crate) writes: bool,
    /// Of a writing tool: whether it can destroy or overwrite.
    #[serde(default = "yes")]
    pub(crate) destructive: bool,
    /// Of a writing tool: whether a second call with the same arguments changes nothing more.
    #[serde(default)]
    pub(crate) idempotent: bool,
    /// Rows of a result; the source's limit if absent.
    pub(crate) max_rows: Option<usize>,
    /// What the result's columns mean, by name.
    #[serde(default)]
    pub(crate) output: BTreeMap<String, OutputSettings>,
}

/// What a catalog says about a column of a result.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OutputSettings {
    /// For agents.
    pub(crate) description: String,
}

fn default_max_rows() -> usize {
    DEFAULT_MAX_ROWS
}

fn default_explore_rows() -> usize {
    100
}

fn duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let duration = puente_domain::duration::parse_positive(&text);
    duration.map(Some).map_err(|expected| D::Error::custom(format!("'{text}' is not {expected}")))
}

fn yes() -> bool {
    true
}

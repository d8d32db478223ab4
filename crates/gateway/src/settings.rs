//! Limits and times of the gateway, from the configuration.

use std::time::Duration;

use puente_sources::RateLimit;

/// What to do when the audit trail cannot be written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnAuditFailure {
    /// Refuse calls: nothing happens unseen.
    #[default]
    Refuse,
    /// Go on, and count what was lost.
    Continue,
}

/// Limits and times.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How long an access token is valid.
    pub access_token_ttl: Duration,
    /// How long a refresh token is valid.
    pub refresh_token_ttl: Duration,
    /// `AUDIT_ON_FAILURE`.
    pub on_audit_failure: OnAuditFailure,
    /// `AUDIT_RETENTION`: older audit rows are deleted; `None` keeps them all.
    pub audit_retention: Option<Duration>,
    /// How many calls a principal may make on the MCP endpoints.
    pub principal_rate: RateLimit,
    /// How many calls run at once, over all principals.
    pub max_calls: usize,
    /// The deadline of a call whose tool sets none.
    pub call_timeout: Duration,
    /// How many tasks one caller may have running in one process.
    pub max_tasks: usize,
    /// The deadline of a task whose tool sets none.
    pub task_timeout: Duration,
    /// How long a call waits for its tool's concurrency limit.
    pub concurrency_wait: Duration,
    /// Results beyond this become a preview and a link, if the tool sets nothing else.
    pub max_result_bytes: usize,
    /// Results beyond this are refused.
    pub max_stored_bytes: usize,
    /// How long an oversized result can be read.
    pub result_ttl: Duration,
    /// Whether a virtual server may be open to callers without a token.
    pub allow_open_servers: bool,
    /// Which environment variables a catalog may name: exact names or `PREFIX_*` (`PUENTE_ENV_ALLOW`).
    pub env_allow: Vec<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            access_token_ttl: Duration::from_mins(30),
            refresh_token_ttl: Duration::from_hours(14 * 24),
            on_audit_failure: OnAuditFailure::default(),
            audit_retention: None,
            principal_rate: RateLimit { calls: 6000, per: Duration::from_mins(1) },
            max_calls: 1024,
            call_timeout: Duration::from_secs(30),
            max_tasks: 5,
            task_timeout: Duration::from_mins(10),
            concurrency_wait: Duration::from_secs(5),
            max_result_bytes: 256 * 1024,
            max_stored_bytes: 64 * 1024 * 1024,
            result_ttl: Duration::from_hours(1),
            allow_open_servers: true,
            env_allow: vec!["SOURCE_*".to_owned()],
        }
    }
}

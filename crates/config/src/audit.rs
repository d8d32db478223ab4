//! The audit trail.

use std::time::Duration;

use crate::{parse, reader::Reader, setting::Setting};

const AUDIT_RETENTION: Setting =
    Setting::new("AUDIT_RETENTION", "forever", "How long audit rows are kept: `90d`, or `forever`");
const AUDIT_ON_FAILURE: Setting =
    Setting::new("AUDIT_ON_FAILURE", "refuse", "When the trail cannot be written: `refuse` calls, or `continue`");

pub(crate) const SETTINGS: &[Setting] = &[AUDIT_RETENTION, AUDIT_ON_FAILURE];

/// What a full or broken audit trail means for calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuditFailure {
    /// Nothing happens unseen.
    Refuse,
    /// Calls go on.
    Continue,
}

/// The audit trail.
#[derive(Clone, Copy, Debug)]
pub struct AuditSettings {
    /// `AUDIT_RETENTION`; `None` keeps every row.
    pub retention: Option<Duration>,
    /// `AUDIT_ON_FAILURE`.
    pub on_failure: AuditFailure,
}

impl AuditSettings {
    pub(crate) fn read(reader: &mut Reader<'_>) -> Self {
        Self {
            retention: reader.value(&AUDIT_RETENTION, retention),
            on_failure: reader.value(&AUDIT_ON_FAILURE, on_failure),
        }
    }
}

fn retention(text: &str) -> Result<Option<Duration>, String> {
    if text.eq_ignore_ascii_case("forever") {
        return Ok(None);
    }
    parse::positive_duration(text).map(Some).map_err(|_| "a duration like 90d, or `forever`".to_owned())
}

fn on_failure(text: &str) -> Result<AuditFailure, String> {
    match text.to_ascii_lowercase().as_str() {
        "refuse" => Ok(AuditFailure::Refuse),
        "continue" => Ok(AuditFailure::Continue),
        _ => Err("`refuse` or `continue`".to_owned()),
    }
}

//! Which tools of a source's offer are passed on: not those that the catalog disables, and of an upstream server only
//! those whose definitions somebody accepted.

use std::collections::{BTreeMap, HashMap, HashSet};

use puente_domain::catalog::{SourceKind, SourceRecord};
use serde_json::Value;

use super::Rows;

/// What of a source's offer is held back, whatever the source says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Gate {
    /// Tools that the catalog disables.
    disabled: HashSet<String>,
    policy: Policy,
    /// Accepted definitions by tool; `None` if none was accepted yet.
    accepted: Option<HashMap<String, String>>,
}

/// `pin:` of a source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Policy {
    /// Its definitions are its administrator's own.
    #[default]
    Off,
    /// What was not accepted is offered all the same.
    Warn,
    /// What was not accepted is not offered.
    Quarantine,
}

/// What becomes of a tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is passed on.
    Pass,
    /// It is passed on; this is to be said.
    Warn(String),
    /// It is not, for this reason.
    Hold(String),
    /// It is not, as the catalog wants it.
    Disabled,
}

impl Gate {
    /// The gate of a source.
    pub(crate) fn new(rows: &Rows, source: &SourceRecord) -> Self {
        let disabled = rows.catalog.tools.iter().filter(|tool| tool.source == source.id && !tool.enabled);
        let policy = match (source.kind, source.settings.get("pin").and_then(Value::as_str)) {
            (SourceKind::Mcp, Some("off")) => Policy::Off,
            (SourceKind::Mcp, Some("warn")) => Policy::Warn,
            (SourceKind::Mcp, _) => Policy::Quarantine,
            _ => Policy::Off,
        };
        let pins = rows.pins.iter().filter(|pin| pin.source == source.id);
        let accepted: HashMap<String, String> = pins.map(|pin| (pin.tool.clone(), pin.definition.clone())).collect();
        Self {
            disabled: disabled.map(|tool| tool.name.to_string()).collect(),
            policy,
            accepted: Some(accepted).filter(|accepted| !accepted.is_empty()),
        }
    }

    /// Whether everything that is offered now is accepted for want of anything to compare it with.
    pub(crate) fn is_first_sight(&self) -> bool {
        self.policy != Policy::Off && self.accepted.is_none()
    }

    /// What becomes of a tool; `definitions` are the source's own.
    pub(crate) fn verdict(&self, tool: &str, definitions: &BTreeMap<String, String>) -> Verdict {
        if self.disabled.contains(tool) {
            return Verdict::Disabled;
        }
        let Some(accepted) = &self.accepted else { return Verdict::Pass };
        let what = match (accepted.get(tool), definitions.get(tool)) {
            (Some(accepted), Some(offered)) if accepted == offered => return Verdict::Pass,
            (_, None) => return Verdict::Pass,
            (None, Some(_)) => "is new",
            (Some(_), Some(_)) => "is not what was accepted",
        };
        match self.policy {
            Policy::Off => Verdict::Pass,
            Policy::Warn => Verdict::Warn(format!("tool {tool} {what} (puente source diff)")),
            Policy::Quarantine => {
                Verdict::Hold(format!("tool {tool} {what}, and is held back until it is (puente source diff, accept)"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gate(policy: Policy, accepted: &[(&str, &str)]) -> Gate {
        let accepted: HashMap<_, _> =
            accepted.iter().map(|(tool, text)| ((*tool).to_owned(), (*text).to_owned())).collect();
        Gate { policy, accepted: Some(accepted).filter(|accepted| !accepted.is_empty()), ..Gate::default() }
    }

    #[test]
    fn what_was_not_accepted_is_held_back_or_told() {
        let offered: BTreeMap<_, _> = [("same", "1"), ("changed", "2"), ("new", "3")]
            .map(|(tool, text)| (tool.to_owned(), text.to_owned()))
            .into();
        let accepted = [("same", "1"), ("changed", "1")];
        let strict = gate(Policy::Quarantine, &accepted);
        assert_eq!(strict.verdict("same", &offered), Verdict::Pass);
        assert!(matches!(strict.verdict("changed", &offered), Verdict::Hold(_)));
        assert!(matches!(strict.verdict("new", &offered), Verdict::Hold(_)));
        assert!(matches!(gate(Policy::Warn, &accepted).verdict("changed", &offered), Verdict::Warn(_)));
        assert_eq!(gate(Policy::Off, &accepted).verdict("changed", &offered), Verdict::Pass);
        let first = gate(Policy::Quarantine, &[]);
        assert!(first.is_first_sight());
        assert_eq!(first.verdict("new", &offered), Verdict::Pass);
    }
}

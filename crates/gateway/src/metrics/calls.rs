//! Tool calls by tool and outcome.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, histogram::Histogram},
    registry::Registry,
};
use puente_domain::audit::Outcome;

/// How many tools are told apart. A catalog that is edited for years, or by a program, must not fill the memory.
const MAX_TOOLS: usize = 1000;
/// Upper bounds in seconds.
const BUCKETS: [f64; 14] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

/// A tool, as the labels name it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct ToolLabels {
    source: Arc<str>,
    tool: Arc<str>,
}

impl ToolLabels {
    pub(crate) fn new(source: &str, tool: &str) -> Self {
        Self { source: source.into(), tool: tool.into() }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CallLabels {
    source: Arc<str>,
    tool: Arc<str>,
    outcome: &'static str,
}

/// Calls that ended, and how long they took.
pub(crate) struct Calls {
    ended: Family<CallLabels, Counter>,
    durations: Family<ToolLabels, Histogram, fn() -> Histogram>,
    /// How many tools are told apart; those whose first calls come at the same moment may count twice.
    tools: AtomicUsize,
    /// For calls that never got as far as a tool.
    none: ToolLabels,
    /// For tools beyond [`MAX_TOOLS`].
    others: ToolLabels,
}

impl Calls {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let ended = Family::<CallLabels, Counter>::default();
        registry.register("puente_calls", "Tool calls that ended, by the outcome in the audit trail", ended.clone());
        let constructor: fn() -> Histogram = || Histogram::new(BUCKETS);
        let durations = Family::<ToolLabels, Histogram, fn() -> Histogram>::new_with_constructor(constructor);
        let help = "From a tool call to its answer, in seconds";
        registry.register("puente_call_duration_seconds", help, durations.clone());
        let (none, others) = (ToolLabels::new("", ""), ToolLabels::new("other", "other"));
        Self { ended, durations, tools: AtomicUsize::new(0), none, others }
    }

    /// Counts a call. `tool` is what it got as far as: names that clients made up are counted together.
    pub(crate) fn count(&self, tool: Option<&ToolLabels>, outcome: Outcome, duration: Duration) {
        let labels = tool.map_or(&self.none, |tool| self.known(tool));
        let ToolLabels { source, tool: name } = labels.clone();
        self.ended.get_or_create(&CallLabels { source, tool: name, outcome: outcome.as_str() }).inc();
        if tool.is_some() {
            self.durations.get_or_create(labels).observe(duration.as_secs_f64());
        }
    }

    fn known<'a>(&'a self, tool: &'a ToolLabels) -> &'a ToolLabels {
        let one_more = |tools: usize| (tools < MAX_TOOLS).then_some(tools + 1);
        let known = self.durations.get(tool).is_some();
        if known || self.tools.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more).is_ok() {
            tool
        } else {
            &self.others
        }
    }
}

#[cfg(test)]
mod tests {
    use prometheus_client::encoding::text;

    use super::*;

    #[test]
    fn tools_beyond_the_limit_are_counted_together() {
        let mut registry = Registry::default();
        let calls = Calls::register(&mut registry);
        for number in 0..MAX_TOOLS + 50 {
            let tool = ToolLabels::new("erp", &format!("tool_{number}"));
            calls.count(Some(&tool), Outcome::Ok, Duration::from_millis(3));
        }
        calls.count(None, Outcome::Refused, Duration::ZERO);
        let mut told = String::new();
        text::encode(&mut told, &registry).unwrap();
        let counters = told.lines().filter(|line| line.starts_with("puente_calls_total{")).count();
        assert_eq!(counters, MAX_TOOLS + 2);
        assert!(told.contains(r#"puente_calls_total{source="other",tool="other",outcome="ok"} 50"#), "{told}");
        assert!(told.contains(r#"puente_calls_total{source="",tool="",outcome="refused"} 1"#), "{told}");
        assert!(told.contains(r#"puente_call_duration_seconds_bucket{le="0.005",source="erp",tool="tool_7"} 1"#));
    }
}

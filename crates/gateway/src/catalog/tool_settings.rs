//! The settings that every tool has, whatever its source: taken out of the catalog's `settings`.

use puente_domain::duration;
use puente_sources::{CacheScope, CacheSettings, RateLimit, TaskSupport, ToolSettings};
use rmcp::model::{Icon, ToolAnnotations};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// Common settings of a tool, parsed; what is left over is for its connector.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Parsed {
    /// Limits, cache and the like.
    pub(crate) settings: ToolSettings,
    /// How clients show it.
    pub(crate) look: Look,
    /// What depends on the kind of source.
    pub(crate) rest: Map<String, Value>,
}

/// How clients show a tool, from the catalog; wins over what the source says.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Look {
    /// Icons.
    pub(crate) icons: Option<Vec<Icon>>,
    /// Hints beyond those that follow from what the tool may do.
    pub(crate) annotations: Option<ToolAnnotations>,
}

/// The smallest budget of a result: a preview has to fit.
const MIN_RESULT_BYTES: u64 = 1024;

/// Reads the common settings; each problem with the name of its field.
pub(crate) fn parse(settings: &Map<String, Value>) -> Result<Parsed, Vec<(String, String)>> {
    let mut reader = Reader { rest: settings.clone(), problems: Vec::new() };
    let settings = ToolSettings {
        title: reader.text("title"),
        timeout: reader.duration("timeout"),
        concurrency: reader.count("concurrency", 1).map(|count| u32::try_from(count).unwrap_or(u32::MAX)),
        rate: reader.rate(),
        cache: reader.cache(),
        task: reader.parsed::<TaskSupport>("task").unwrap_or_default(),
        max_result_bytes: reader
            .count("max_result_bytes", MIN_RESULT_BYTES)
            .map(|bytes| usize::try_from(bytes).unwrap_or(usize::MAX)),
        audit_arguments: reader.parsed::<bool>("audit_arguments").unwrap_or_default(),
    };
    let look = Look { icons: reader.parsed("icons"), annotations: reader.parsed("annotations") };
    if reader.problems.is_empty() { Ok(Parsed { settings, look, rest: reader.rest }) } else { Err(reader.problems) }
}

struct Reader {
    rest: Map<String, Value>,
    problems: Vec<(String, String)>,
}

impl Reader {
    fn take(&mut self, key: &str) -> Option<Value> {
        self.rest.shift_remove(key).filter(|value| !value.is_null())
    }

    fn wrong(&mut self, key: &str, message: impl Into<String>) {
        self.problems.push((key.to_owned(), message.into()));
    }

    fn parsed<T: DeserializeOwned>(&mut self, key: &str) -> Option<T> {
        let value = self.take(key)?;
        serde_json::from_value(value).map_err(|error| self.wrong(key, error.to_string())).ok()
    }

    fn text(&mut self, key: &str) -> Option<String> {
        self.parsed(key)
    }

    fn count(&mut self, key: &str, at_least: u64) -> Option<u64> {
        match self.take(key)?.as_u64().filter(|count| *count >= at_least) {
            None => {
                self.wrong(key, format!("must be a whole number of at least {at_least}"));
                None
            }
            count => count,
        }
    }

    fn duration(&mut self, key: &str) -> Option<std::time::Duration> {
        let text = self.text(key)?;
        duration::parse_positive(&text).map_err(|expected| self.wrong(key, format!("'{text}' is not {expected}"))).ok()
    }

    /// A mapping with these fields and no others.
    fn below(&mut self, key: &str, known: &[&str]) -> Option<Self> {
        let Value::Object(rest) = self.take(key)? else {
            self.wrong(key, format!("must be a mapping of {}", known.join(" and ")));
            return None;
        };
        for unknown in rest.keys().filter(|field| !known.contains(&field.as_str())) {
            let message = format!("unknown field `{unknown}`; here are {}", known.join(" and "));
            self.wrong(&format!("{key}.{unknown}"), message);
        }
        Some(Self { rest, problems: Vec::new() })
    }

    fn absorb(&mut self, key: &str, below: Self) {
        self.problems.extend(below.problems.into_iter().map(|(field, message)| (format!("{key}.{field}"), message)));
    }

    fn rate(&mut self) -> Option<RateLimit> {
        let mut below = self.below("rate", &["calls", "per"])?;
        let given = (below.count("calls", 1), below.duration("per"));
        if given == (None, None) || (below.problems.is_empty() && (given.0.is_none() || given.1.is_none())) {
            below.wrong("calls", "a rate needs `calls` and `per`, like {calls: 10, per: 1m}");
        }
        self.absorb("rate", below);
        Some(RateLimit { calls: u32::try_from(given.0?).unwrap_or(u32::MAX), per: given.1? })
    }

    fn cache(&mut self) -> Option<CacheSettings> {
        let mut below = self.below("cache", &["ttl", "scope"])?;
        if !below.rest.contains_key("ttl") {
            below.wrong("ttl", "a cache needs `ttl`, like {ttl: 30s}");
        }
        let (ttl, scope) = (below.duration("ttl"), below.parsed::<CacheScope>("scope").unwrap_or_default());
        self.absorb("cache", below);
        Some(CacheSettings { ttl: ttl?, scope })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;

    fn parsed(value: &Value) -> Result<Parsed, Vec<(String, String)>> {
        parse(value.as_object().unwrap())
    }

    #[test]
    fn common_settings_are_taken_and_the_rest_is_left() {
        let parsed = parsed(&json!({
            "sql": "SELECT 1", "timeout": "30s", "concurrency": 4, "rate": {"calls": 10, "per": "1m"},
            "cache": {"ttl": "30s", "scope": "public"}, "task": "optional", "max_result_bytes": 4096,
            "audit_arguments": true, "title": "One", "annotations": {"openWorldHint": true},
        }))
        .unwrap();
        assert_eq!(Value::Object(parsed.rest), json!({"sql": "SELECT 1"}));
        assert_eq!(parsed.settings.timeout, Some(Duration::from_secs(30)));
        assert_eq!(parsed.settings.rate, Some(RateLimit { calls: 10, per: Duration::from_mins(1) }));
        assert_eq!(parsed.settings.cache.map(|cache| cache.scope), Some(CacheScope::Public));
        assert_eq!(parsed.look.annotations.and_then(|hints| hints.open_world_hint), Some(true));
    }

    #[test]
    fn each_problem_names_its_field() {
        let problems = parsed(&json!({
            "timeout": "soon", "concurrency": 0, "rate": {"calls": 3}, "cache": {"scope": "all", "size": 1}, "task": 1,
        }))
        .unwrap_err();
        let fields: Vec<&str> = problems.iter().map(|(field, _)| field.as_str()).collect();
        for field in ["timeout", "concurrency", "rate.calls", "cache.size", "cache.ttl", "cache.scope", "task"] {
            assert!(fields.contains(&field), "{field} in {problems:?}");
        }
    }
}

//! What is wrong with a definition, and where.

use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::{Path, Segment};

/// Where in a definition something is wrong, as a path below the source: `tools[2].parameters.limit`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Location(pub String);

/// Something wrong with a definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Where.
    pub location: Location,
    /// What is wrong, and what to do.
    pub message: String,
    /// A warning does not keep `apply` from applying.
    pub fatal: bool,
}

/// A finding that keeps `apply` from applying.
pub fn fatal(location: impl Into<String>, message: impl Into<String>) -> Finding {
    Finding { location: Location(location.into()), message: message.into(), fatal: true }
}

/// A finding that is shown only.
pub fn warning(location: impl Into<String>, message: impl Into<String>) -> Finding {
    Finding { fatal: false, ..fatal(location, message) }
}

/// Reads the settings at `location`.
///
/// # Errors
/// What is wrong, at the field that it is wrong with.
pub fn parse<T: DeserializeOwned>(location: &str, settings: Value) -> Result<T, Finding> {
    serde_path_to_error::deserialize(settings).map_err(|error| {
        let location = below(location, error.path());
        // `serde_json` numbers lines also where a value never was text.
        let message = error.inner().to_string();
        fatal(location, message.split(" at line ").next().unwrap_or_default())
    })
}

fn below(location: &str, path: &Path) -> String {
    let mut location = location.to_owned();
    for segment in path {
        match segment {
            Segment::Seq { index } => location.extend(["[", &index.to_string(), "]"]),
            Segment::Map { key } | Segment::Enum { variant: key } => {
                if !location.is_empty() {
                    location.push('.');
                }
                location.push_str(key);
            }
            Segment::Unknown => break,
        }
    }
    location
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only its reading matters")]
    struct Settings {
        #[serde(default)]
        pool: BTreeMap<String, u8>,
        #[serde(default)]
        list: Vec<Inner>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only its reading matters")]
    struct Inner {
        size: u8,
    }

    #[test]
    fn a_mistake_is_at_its_own_field() {
        for (settings, location, message) in [
            (json!({"pol": {}}), "pol", "unknown field `pol`"),
            (json!({"pool": {"max": "ten"}}), "pool.max", "invalid type: string \"ten\""),
            (json!({"list": [{"size": 1}, {"size": 1, "sise": 2}]}), "list[1].sise", "unknown field `sise`"),
            (json!({"list": [{}]}), "list[0]", "missing field `size`"),
        ] {
            let found = parse::<Settings>("", settings.clone()).unwrap_err();
            assert_eq!(found.location.0, location);
            assert!(found.message.starts_with(message), "{}", found.message);
            let found = parse::<Settings>("tools[3]", settings).unwrap_err();
            assert_eq!(found.location.0, format!("tools[3].{location}"));
        }
    }
}

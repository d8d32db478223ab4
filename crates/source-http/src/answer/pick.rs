//! The part of an answer that becomes the result.

use serde_json::{Map, Value};

use crate::settings::Picking;

/// A JSON Pointer (RFC 6901) in which `*` stands for each item of a list or each member of an object; or several by
/// name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Pick {
    /// The parts of a pointer.
    Path(Vec<String>),
    /// An object of picks.
    Object(Vec<(String, Pick)>),
}

impl Pick {
    /// Reads what the catalog says.
    ///
    /// # Errors
    /// What is wrong, for its author.
    pub(crate) fn compile(picking: &Picking) -> Result<Self, String> {
        match picking {
            Picking::One(pointer) if pointer.is_empty() => Ok(Self::Path(Vec::new())),
            Picking::One(pointer) => {
                let rest = pointer.strip_prefix('/').ok_or_else(|| format!("`{pointer}` must start with /"))?;
                Ok(Self::Path(rest.split('/').map(|part| part.replace("~1", "/").replace("~0", "~")).collect()))
            }
            Picking::Several(several) => {
                let picks = several.iter().map(|(name, picking)| Ok((name.clone(), Self::compile(picking)?)));
                Ok(Self::Object(picks.collect::<Result<_, String>>()?))
            }
        }
    }

    /// What it picks; `null` where there is nothing.
    pub(crate) fn apply(&self, value: &Value) -> Value {
        match self {
            Self::Path(parts) => follow(parts, value),
            Self::Object(picks) => {
                let picked = picks.iter().map(|(name, pick)| (name.clone(), pick.apply(value)));
                Value::Object(picked.collect::<Map<_, _>>())
            }
        }
    }
}

fn follow(parts: &[String], value: &Value) -> Value {
    let Some((first, rest)) = parts.split_first() else { return value.clone() };
    match value {
        Value::Array(items) if first == "*" => items.iter().map(|item| follow(rest, item)).collect(),
        Value::Object(map) if first == "*" && !map.contains_key("*") => {
            map.values().map(|item| follow(rest, item)).collect()
        }
        Value::Array(items) => first
            .parse::<usize>()
            .ok()
            .and_then(|index| items.get(index))
            .map_or(Value::Null, |item| follow(rest, item)),
        Value::Object(map) => map.get(first).map_or(Value::Null, |item| follow(rest, item)),
        _ => Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn parts_are_picked_by_pointer() {
        let answer = json!({"meta": {"total": 2}, "data": [{"id": 1, "a": {"name": "x"}}, {"id": 2}]});
        for (picking, expected) in [
            (json!("/meta/total"), json!(2)),
            (json!("/data/1/id"), json!(2)),
            (json!("/data/*/a/name"), json!(["x", null])),
            (json!(""), answer.clone()),
            (json!("/nothing/there"), json!(null)),
            (json!({"total": "/meta/total", "ids": "/data/*/id"}), json!({"ids": [1, 2], "total": 2})),
        ] {
            let picking: Picking = serde_json::from_value(picking).unwrap();
            assert_eq!(Pick::compile(&picking).unwrap().apply(&answer), expected, "{picking:?}");
        }
        assert!(Pick::compile(&Picking::One("data".to_owned())).is_err());
    }
}

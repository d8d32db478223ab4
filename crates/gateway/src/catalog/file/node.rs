//! YAML as JSON, with the line and column of every value.

use std::{collections::HashMap, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Number, Value};
use serde_saphyr::{Spanned, UserMessageFormatter};

use crate::Finding;

/// Where the values of a file are, by their paths (`sources[0].tools[2].sql`).
#[derive(Debug, Default)]
pub(crate) struct Positions(HashMap<String, (usize, usize)>);

impl Positions {
    /// Where the value at `path` is or, if it is absent, the nearest one around it.
    pub(crate) fn find(&self, path: &str) -> Option<(usize, usize)> {
        let mut path = path;
        loop {
            if let Some(position) = self.0.get(path) {
                return Some(*position);
            }
            path = path.rfind(['.', '[']).map_or("", |end| &path[..end]);
            if path.is_empty() {
                return self.0.get("").copied();
            }
        }
    }
}

/// Reads a document: its value, and where everything in it is.
pub(crate) fn read(text: &str) -> Result<(Value, Positions), Finding> {
    // YAML 1.2: `no` and `off` are words.
    let options = serde_saphyr::options! { strict_booleans: true };
    let node: Spanned<Node> = serde_saphyr::from_str_with_options(text, options).map_err(|error| syntax(&error))?;
    let mut positions = Positions::default();
    let value = flatten(node, "", &mut positions);
    Ok((value, positions))
}

fn syntax(error: &serde_saphyr::Error) -> Finding {
    let position = error.location().map(|at| (index(at.line()), index(at.column())));
    let rendered = error.without_snippet().render_with_formatter(&UserMessageFormatter);
    // The position is a field of its own.
    let message = rendered.split(" at line ").next().unwrap_or(&rendered).trim().to_owned();
    Finding { path: String::new(), position, message: format!("this is no valid YAML: {message}"), warning: false }
}

fn index(value: impl TryInto<usize>) -> usize {
    value.try_into().unwrap_or(usize::MAX)
}

fn flatten(node: Spanned<Node>, path: &str, positions: &mut Positions) -> Value {
    let at = node.referenced;
    positions.0.entry(path.to_owned()).or_insert((index(at.line()), index(at.column())));
    match node.value {
        Node::Scalar(value) => value,
        Node::Sequence(items) => items
            .into_iter()
            .enumerate()
            .map(|(index, item)| flatten(item, &format!("{path}[{index}]"), positions))
            .collect(),
        Node::Mapping(entries) => {
            let mut map = Map::new();
            for (key, value) in entries {
                let below = if path.is_empty() { key.value.clone() } else { format!("{path}.{}", key.value) };
                positions.0.insert(below.clone(), (index(key.referenced.line()), index(key.referenced.column())));
                let value = flatten(value, &below, positions);
                map.insert(key.value, value);
            }
            Value::Object(map)
        }
    }
}

enum Node {
    Scalar(Value),
    Sequence(Vec<Spanned<Node>>),
    Mapping(Vec<(Spanned<String>, Spanned<Node>)>),
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a YAML value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Scalar(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Scalar(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Scalar(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Node, E> {
        let number = Number::from_f64(value).ok_or_else(|| E::custom("numbers must be finite"))?;
        Ok(Node::Scalar(number.into()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Node, E> {
        Ok(Node::Scalar(value.into()))
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Scalar(Value::Null))
    }

    fn visit_none<E>(self) -> Result<Node, E> {
        Ok(Node::Scalar(Value::Null))
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        Node::deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Node, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element()? {
            items.push(item);
        }
        Ok(Node::Sequence(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Node, A::Error> {
        let mut entries: Vec<(Spanned<String>, Spanned<Node>)> = Vec::new();
        while let Some((key, value)) = access.next_entry::<Spanned<String>, Spanned<Node>>()? {
            entries.push((key, value));
        }
        Ok(Node::Mapping(entries))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_value_has_its_place() {
        let (value, positions) = read("a: 1\nb:\n  - x: two\n    y: [true, ~]\n  - 2.5\n").unwrap();
        assert_eq!(value, json!({"a": 1, "b": [{"x": "two", "y": [true, null]}, 2.5]}));
        assert_eq!(positions.find("a"), Some((1, 1)));
        assert_eq!(positions.find("b[0].x"), Some((3, 5)));
        assert_eq!(positions.find("b[0].y[1]"), Some((4, 15)));
        assert_eq!(positions.find("b[1]"), Some((5, 5)));
        assert_eq!(positions.find("b[0].nothing.there"), positions.find("b[0]"));
    }

    #[test]
    fn what_is_no_yaml_says_where() {
        let finding = read("a: 1\nb: [1, 2\nc: 3\n").unwrap_err();
        assert!(finding.position.is_some_and(|(line, _)| line >= 2), "{finding}");
        let twice = read("a: 1\na: 2\n").unwrap_err();
        assert_eq!(twice.position.map(|(line, _)| line), Some(2), "{twice}");
    }
}

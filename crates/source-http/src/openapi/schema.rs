//! From the schemas of OpenAPI 3.0 and 3.1 to JSON Schema 2020-12.
//!
//! What is referred to becomes a definition, once, so that recursive schemas end. Definitions wait in a queue: a chain
//! of references, however long, needs no stack.

mod keywords;
mod union;

use std::collections::{HashMap, VecDeque};

use serde_json::{Map, Value, json};

use super::documents::{Documents, Node};

/// Definitions of one tool; a schema that needs more helps no agent.
const MAX_DEFINITIONS: usize = 500;

/// What a schema is for: properties that are only read are not sent, those that are only written do not come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    Request,
    Answer,
}

/// Converts the schemas of one tool.
pub(super) struct Schemas<'a> {
    pub(super) documents: &'a Documents,
    direction: Direction,
    /// By where they are.
    names: HashMap<String, String>,
    waiting: VecDeque<(String, Node<'a>)>,
    defined: Map<String, Value>,
    notes: Vec<String>,
}

impl<'a> Schemas<'a> {
    pub(super) fn new(documents: &'a Documents, direction: Direction) -> Self {
        Self {
            documents,
            direction,
            names: HashMap::new(),
            waiting: VecDeque::new(),
            defined: Map::new(),
            notes: Vec::new(),
        }
    }

    /// Notes what could not be taken over as it is.
    pub(super) fn note(&mut self, note: String) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// What was noted, once.
    pub(super) fn take_notes(&mut self) -> Vec<String> {
        // Definitions may have something to note, too.
        self.define();
        std::mem::take(&mut self.notes)
    }

    /// Everything that was referred to, by name: for `$defs`.
    pub(super) fn definitions(mut self) -> Map<String, Value> {
        self.define();
        self.defined
    }

    fn define(&mut self) {
        while let Some((name, node)) = self.waiting.pop_front() {
            let schema = self.convert(node);
            self.defined.insert(name, schema);
        }
    }

    /// Whether a property goes this way.
    pub(super) fn travels(&self, property: Node<'a>) -> bool {
        let resolved = self.documents.resolve(property).unwrap_or(property);
        let flag = match self.direction {
            Direction::Request => "readOnly",
            Direction::Answer => "writeOnly",
        };
        !property.flag(flag) && !resolved.flag(flag)
    }

    /// A schema of JSON Schema 2020-12, with references into `$defs`.
    pub(super) fn convert(&mut self, node: Node<'a>) -> Value {
        match node.value {
            Value::Bool(all) => Value::Bool(*all),
            Value::Object(map) if map.contains_key("$ref") => self.reference(node),
            Value::Object(map) => {
                let mut schema = Map::new();
                for (key, value) in map {
                    self.keyword(node, key, value, &mut schema);
                }
                union::discriminate(self.documents, node, &mut schema);
                if node.flag("nullable") { nullable(schema) } else { Value::Object(schema) }
            }
            _ => json!({}),
        }
    }

    /// `{"$ref": "#/$defs/Pet"}`, with what is said beside it.
    fn reference(&mut self, node: Node<'a>) -> Value {
        let name = match self.define_later(node) {
            Ok(name) => name,
            Err(problem) => {
                self.note(problem);
                return json!({});
            }
        };
        let mut schema = Map::new();
        schema.insert("$ref".to_owned(), format!("#/$defs/{name}").into());
        for key in ["title", "description", "default", "deprecated"] {
            schema.extend(node.value.get(key).map(|value| (key.to_owned(), value.clone())));
        }
        if node.flag("nullable") { nullable(schema) } else { Value::Object(schema) }
    }

    fn define_later(&mut self, node: Node<'a>) -> Result<String, String> {
        // References to references: what is defined is where they end.
        self.documents.resolve(node)?;
        let (mut document, mut reference) = (node.document, node.text("$ref").unwrap_or_default());
        let (key, target) = loop {
            let (key, target) = self.documents.target(document, reference)?;
            match target.text("$ref") {
                Some(next) => (document, reference) = (target.document, next),
                None => break (key, target),
            }
        };
        if let Some(name) = self.names.get(&key) {
            return Ok(name.clone());
        }
        if self.names.len() == MAX_DEFINITIONS {
            return Err(format!("the schemas refer to more than {MAX_DEFINITIONS} others; the rest is left open"));
        }
        let wanted = definition_name(&key);
        let taken = |name: &String| self.names.values().any(|other| other == name);
        let mut name = wanted.clone();
        let mut number = 1;
        while taken(&name) {
            number += 1;
            name = format!("{wanted}_{number}");
        }
        self.names.insert(key, name.clone());
        self.waiting.push_back((name.clone(), target));
        Ok(name)
    }
}

/// The last part of a pointer, as far as it needs no escaping.
fn definition_name(key: &str) -> String {
    let last = key.rsplit(['/', '#']).find(|part| !part.is_empty()).unwrap_or_default();
    let name: String =
        last.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.') { c } else { '_' }).collect();
    if name.is_empty() { "schema".to_owned() } else { name }
}

/// `nullable: true` of OpenAPI 3.0.
fn nullable(mut schema: Map<String, Value>) -> Value {
    if let Some(Value::Array(values)) = schema.get_mut("enum")
        && !values.contains(&Value::Null)
    {
        values.push(Value::Null);
    }
    let combines = ["$ref", "allOf", "anyOf", "oneOf"].iter().any(|key| schema.contains_key(*key));
    match schema.get_mut("type") {
        Some(Value::String(kind)) => {
            let kinds = json!([kind, "null"]);
            schema.insert("type".to_owned(), kinds);
        }
        Some(Value::Array(kinds)) if !kinds.contains(&json!("null")) => kinds.push(json!("null")),
        None if combines => {
            let mut outer = Map::new();
            for key in ["title", "description", "default"] {
                outer.extend(schema.shift_remove(key).map(|value| (key.to_owned(), value)));
            }
            outer.insert("anyOf".to_owned(), json!([schema, {"type": "null"}]));
            return Value::Object(outer);
        }
        _ => {}
    }
    Value::Object(schema)
}

#[cfg(test)]
mod tests;

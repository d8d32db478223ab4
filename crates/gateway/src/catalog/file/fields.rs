//! Takes the fields of a mapping one by one, and notes what is wrong with them.

use std::{fmt::Display, str::FromStr};

use serde_json::{Map, Value};

use crate::Finding;

/// A mapping of the file, where it is, and what was found so far.
pub(super) struct Fields<'a> {
    map: Map<String, Value>,
    path: String,
    findings: &'a mut Vec<Finding>,
}

impl<'a> Fields<'a> {
    /// Fails with a finding if `value` is no mapping.
    pub(super) fn of(value: Value, path: String, findings: &'a mut Vec<Finding>) -> Option<Self> {
        match value {
            Value::Object(map) => Some(Self { map, path, findings }),
            other => {
                findings.push(finding(path, format!("must be a mapping, not {}", kind(&other))));
                None
            }
        }
    }

    fn at(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    fn wrong(&mut self, key: &str, message: impl Into<String>) {
        let path = self.at(key);
        self.findings.push(finding(path, message));
    }

    fn take(&mut self, key: &str) -> Option<Value> {
        self.map.shift_remove(key).filter(|value| !value.is_null())
    }

    /// Whether it is there.
    pub(super) fn has(&self, key: &str) -> bool {
        self.map.contains_key(key)
    }

    /// A text; `None` if it is absent or wrong.
    pub(super) fn text(&mut self, key: &str) -> Option<String> {
        match self.take(key)? {
            Value::String(text) => Some(text),
            other => {
                self.wrong(key, format!("must be text, not {}", kind(&other)));
                None
            }
        }
    }

    /// A text that must be there and parse.
    pub(super) fn required<T: FromStr<Err: Display>>(&mut self, key: &str) -> Option<T> {
        if !self.map.contains_key(key) {
            let path = self.path.clone();
            self.findings.push(finding(path, format!("`{key}` is missing")));
            return None;
        }
        self.parsed(key)
    }

    /// A text that must parse; `None` if it is absent or wrong.
    pub(super) fn parsed<T: FromStr<Err: Display>>(&mut self, key: &str) -> Option<T> {
        let text = self.text(key)?;
        text.parse().map_err(|error: T::Err| self.wrong(key, error.to_string())).ok()
    }

    /// True or false.
    pub(super) fn flag(&mut self, key: &str, default: bool) -> bool {
        match self.take(key) {
            None => default,
            Some(Value::Bool(flag)) => flag,
            Some(other) => {
                self.wrong(key, format!("must be true or false, not {}", kind(&other)));
                default
            }
        }
    }

    /// A list of texts.
    pub(super) fn texts(&mut self, key: &str) -> Vec<String> {
        let mut texts = Vec::new();
        for (path, value) in self.list(key) {
            match value {
                Value::String(text) => texts.push(text),
                other => self.findings.push(finding(path, format!("must be text, not {}", kind(&other)))),
            }
        }
        texts
    }

    /// A list, each item with its path.
    pub(super) fn list(&mut self, key: &str) -> Vec<(String, Value)> {
        let path = self.at(key);
        match self.take(key) {
            None => Vec::new(),
            Some(Value::Array(items)) => {
                items.into_iter().enumerate().map(|(index, item)| (format!("{path}[{index}]"), item)).collect()
            }
            Some(other) => {
                self.wrong(key, format!("must be a list, not {}", kind(&other)));
                Vec::new()
            }
        }
    }

    /// Reads a mapping below; see [`Fields::of`].
    pub(super) fn below(&mut self, path: String, value: Value) -> Option<Fields<'_>> {
        Fields::of(value, path, self.findings)
    }

    /// What nobody took.
    pub(super) fn rest(self) -> Map<String, Value> {
        self.map
    }

    /// Notes everything that nobody took.
    pub(super) fn deny_rest(self, known: &str) {
        for key in self.map.keys() {
            let path = if self.path.is_empty() { key.clone() } else { format!("{}.{key}", self.path) };
            self.findings.push(finding(path, format!("unknown field `{key}`; here are {known}")));
        }
    }
}

pub(super) fn finding(path: impl Into<String>, message: impl Into<String>) -> Finding {
    Finding { path: path.into(), position: None, message: message.into(), warning: false }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number (quote it if it is text)",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a mapping",
    }
}

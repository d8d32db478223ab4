//! `puente.toml`: one flat table, whose keys are the settings' names in lower case.

use std::collections::BTreeMap;

use crate::{
    error::Problem,
    setting::{self, Setting},
};

/// Reads the file into texts, so that a value means the same wherever it is written.
pub(crate) fn parse(text: &str) -> (BTreeMap<String, String>, Vec<Problem>) {
    let table = match text.parse::<toml::Table>() {
        Ok(table) => table,
        Err(error) => return (BTreeMap::new(), vec![syntax_problem(text, &error)]),
    };
    let (mut values, mut problems) = (BTreeMap::new(), Vec::new());
    for (key, value) in table {
        match known(&key).and_then(|()| text_of(&value)) {
            Ok(text) => {
                values.insert(key, text);
            }
            Err(message) => problems.push(Problem { setting: format!("puente.toml: {key}"), message }),
        }
    }
    (values, problems)
}

/// Without the line itself, which the parser's own message would show: it may hold a secret.
fn syntax_problem(text: &str, error: &toml::de::Error) -> Problem {
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    Problem {
        setting: format!("puente.toml, line {line}, column {column}"),
        message: error.message().lines().collect::<Vec<_>>().join(" "),
    }
}

fn known(key: &str) -> Result<(), String> {
    let name = key.strip_suffix("_file").unwrap_or(key);
    if setting::all().any(|setting| setting.key() == key || setting.key() == name) {
        return Ok(());
    }
    let nearest = setting::all()
        .map(Setting::key)
        .max_by(|a, b| strsim::jaro_winkler(a, key).total_cmp(&strsim::jaro_winkler(b, key)));
    match nearest {
        Some(nearest) if strsim::jaro_winkler(&nearest, key) > 0.8 => {
            Err(format!("there is no such setting; did you mean `{nearest}`?"))
        }
        _ => Err("there is no such setting; `puente doctor --settings` lists all of them".to_owned()),
    }
}

fn text_of(value: &toml::Value) -> Result<String, String> {
    match value {
        toml::Value::String(text) => Ok(text.clone()),
        toml::Value::Integer(number) => Ok(number.to_string()),
        toml::Value::Boolean(flag) => Ok(flag.to_string()),
        toml::Value::Array(items) => Ok(items.iter().map(text_of).collect::<Result<Vec<_>, _>>()?.join(",")),
        toml::Value::Float(_) | toml::Value::Datetime(_) | toml::Value::Table(_) => {
            Err("a setting is a text, a whole number, true, false or a list of those".to_owned())
        }
    }
}

//! Compares the tools of a source with its document as it is now.

use std::collections::HashMap;

use puente_domain::{Name, catalog::ToolRecord};
use puente_sources::{Change, Definition, SourceError, Synced, SyncedTool, ToolSettings};
use serde_json::{Map, Value, json};

use super::{Operation, import, mark};
use crate::settings::HttpToolSettings;

/// A tool of the catalog, as definitions have it.
type Known = (ToolRecord, ToolSettings);

/// Reads the document again, and says what it changes.
///
/// # Errors
/// See [`import`].
pub(crate) async fn sync(definition: &Definition) -> Result<Synced, SourceError> {
    let import = import(definition).await?;
    let mut known: HashMap<&str, Vec<&Known>> = HashMap::new();
    for tool in &definition.tools {
        if let Some(mark) = mark::read(&tool.0.description, &tool.0.settings) {
            known.entry(mark.key).or_default().push(tool);
        }
    }
    let mut taken: Vec<String> = definition.tools.iter().map(|(tool, _)| tool.name.to_string()).collect();
    let mut tools = Vec::new();
    let mut problems = import.problems.clone();
    for operation in &import.operations {
        match known.remove(operation.key.as_str()) {
            Some(records) => tools.extend(records.into_iter().map(|record| again(record, operation, &mut problems))),
            None => tools.push(added(operation, &mut taken)),
        }
    }
    let mut gone: Vec<&Known> = known.into_values().flatten().collect();
    gone.sort_by(|(a, _), (b, _)| a.name.cmp(&b.name));
    tools.extend(gone.into_iter().map(removed));
    Ok(Synced { settings: settings(definition, &import), tools, problems })
}

/// Settings of the source that tools of the document need.
fn settings(definition: &Definition, import: &super::Import) -> Map<String, Value> {
    let mut settings = Map::new();
    if !definition.settings.contains_key("base_url")
        && let Some(base_url) = &import.base_url
    {
        settings.insert("base_url".to_owned(), base_url.clone().into());
    }
    let known = definition.settings.get("servers").and_then(Value::as_object).cloned().unwrap_or_default();
    let mut servers = known.clone();
    servers.extend(import.servers.iter().map(|(name, url)| (name.clone(), json!(url))));
    if servers != known {
        settings.insert("servers".to_owned(), Value::Object(servers));
    }
    settings
}

fn added(operation: &Operation, taken: &mut Vec<String>) -> SyncedTool {
    let mut name = operation.name.clone();
    let mut number = 2;
    // Somebody may have given the name to another tool.
    while taken.iter().any(|other| other == name.as_str()) {
        let head: String = operation.name.as_str().chars().take(Name::MAX - 4).collect();
        name = super::name(&format!("{head}_{number}"));
        number += 1;
    }
    taken.push(name.to_string());
    SyncedTool {
        change: Change::Added,
        name,
        description: Some(operation.description.clone()),
        settings: marked(operation),
        details: vec![operation.key.clone()],
        has_local_edits: false,
    }
}

fn again(known: &Known, operation: &Operation, problems: &mut Vec<String>) -> SyncedTool {
    let (record, _) = known;
    let unchanged = |details| SyncedTool {
        change: Change::Unchanged,
        name: record.name.clone(),
        description: None,
        settings: Map::new(),
        details,
        has_local_edits: true,
    };
    let Some(mark) = mark::read(&record.description, &record.settings) else { return unchanged(Vec::new()) };
    let next = mark::operation(operation);
    let before = record.settings.get("operation").and_then(Value::as_object).cloned().unwrap_or_default();
    if next == before {
        return unchanged(Vec::new());
    }
    if !mark.is_untouched {
        problems.push(format!(
            "{}: its `operation` was edited by hand and stays as it is; put edits beside `operation` to have both",
            record.name
        ));
        return unchanged(Vec::new());
    }
    let described = mark.has_own_description && record.description != operation.description;
    let mut settings = record.settings.clone();
    settings.insert("operation".to_owned(), Value::Object(next.clone()));
    if let Err(wrong) = HttpToolSettings::parse("", &settings) {
        problems.push(format!("{}: edits do not fit the new operation: {}", record.name, wrong.message));
    }
    let mut details = differences(&before, &next);
    details.extend(described.then(|| "description".to_owned()));
    SyncedTool {
        change: Change::Changed,
        name: record.name.clone(),
        description: described.then(|| operation.description.clone()),
        settings: marked(operation),
        details,
        has_local_edits: has_edits(known),
    }
}

fn removed(known: &Known) -> SyncedTool {
    let (record, _) = known;
    SyncedTool {
        change: Change::Removed,
        name: record.name.clone(),
        description: None,
        settings: Map::new(),
        details: Vec::new(),
        has_local_edits: has_edits(known),
    }
}

fn marked(operation: &Operation) -> Map<String, Value> {
    Map::from_iter([("operation".to_owned(), Value::Object(mark::operation(operation)))])
}

/// Whether somebody worked on the tool.
fn has_edits((record, common): &Known) -> bool {
    let mark = mark::read(&record.description, &record.settings);
    record.settings.len() > 1
        || *common != ToolSettings::default()
        || mark.is_none_or(|mark| !mark.is_untouched || !mark.has_own_description)
}

/// The parts that are different: `parameters.limit`, `body`, …
fn differences(before: &Map<String, Value>, after: &Map<String, Value>) -> Vec<String> {
    let mut found = Vec::new();
    let mut keys: Vec<&String> = before.keys().chain(after.keys()).collect();
    keys.sort();
    keys.dedup();
    for key in keys.into_iter().filter(|key| *key != "digest" && before.get(*key) != after.get(*key)) {
        match (key.as_str(), before.get(key), after.get(key)) {
            ("parameters", Some(Value::Object(before)), Some(Value::Object(after))) => {
                found.extend(differences(before, after).into_iter().map(|name| format!("parameters.{name}")));
            }
            _ => found.push(key.clone()),
        }
    }
    found
}

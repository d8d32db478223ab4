//! Proposes a catalog entry from the source's document, for a person to review (`puente source draft`).

use std::fmt::Write;

use puente_sources::{Definition, SourceError};
use serde_json::{Map, Value, json};

use crate::openapi::{Import, import, mark};

/// Reads the document and writes YAML.
///
/// # Errors
/// The document cannot be had or read.
pub(crate) async fn draft(definition: &Definition) -> Result<String, SourceError> {
    write(definition, &import(definition).await?)
}

fn write(definition: &Definition, import: &Import) -> Result<String, SourceError> {
    let mut draft = format!(
        "# A draft of {} tools, made from the document \"{}\". Review it before you apply it.\n\
         # Rename tools, rewrite descriptions, and put what you change beside `operation`, like\n\
         #     parameters: {{status: {{fixed: available}}}}\n\
         # `puente source sync {}` replaces `operation` only. Tools that you do not want: `openapi.exclude`, or\n\
         # `enabled: false`; those that you delete come back.\n",
        import.operations.len(),
        line(&import.title),
        definition.name,
    );
    for problem in &import.problems {
        let _ = writeln!(draft, "# Note: {}", line(problem));
    }
    let mut source = Map::new();
    source.insert("name".to_owned(), json!(definition.name));
    source.insert("type".to_owned(), "http".into());
    source.extend(settings(definition, import));
    let tools = import.operations.iter().map(|operation| {
        json!({"name": operation.name, "description": operation.description, "operation": mark::operation(operation)})
    });
    source.insert("tools".to_owned(), tools.collect());
    let options = serde_saphyr::ser_options! { prefer_block_scalars: true, folded_wrap_chars: 100_000 };
    let yaml = serde_saphyr::to_string_with_options(&json!({"sources": [source]}), options)
        .map_err(|error| SourceError::failed(format!("the draft cannot be written as YAML: {error}")))?;
    draft.push_str(&yaml);
    Ok(draft)
}

/// As the catalog has them, references and all; where a document knows better, what it says.
fn settings(definition: &Definition, import: &Import) -> Map<String, Value> {
    let mut settings = definition.written.clone();
    if !settings.contains_key("base_url")
        && let Some(base_url) = &import.base_url
    {
        settings.insert("base_url".to_owned(), base_url.clone().into());
    }
    if !import.servers.is_empty() {
        let mut servers = settings.get("servers").and_then(Value::as_object).cloned().unwrap_or_default();
        servers.extend(import.servers.iter().map(|(name, url)| (name.clone(), json!(url))));
        settings.insert("servers".to_owned(), Value::Object(servers));
    }
    settings
}

/// In one line of a comment.
fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

//! Operations of OpenAPI documents (3.0 and 3.1), as tools of the catalog.
//!
//! Works on `serde_json::Value` and resolves `$ref` by itself, instead of parsing into somebody's types: `openapiv3`
//! knows 3.0 only, `oas3` 3.1 only, utoipa's types are made for writing; and each of them refuses a whole document for
//! one slip in it, and drops the keywords of JSON Schema that it does not know. Real documents have slips. Here each
//! operation stands for itself: one that cannot be read is a problem that is told, and the others become tools.
//!
//! Reading order: [`load`] and [`parse`] (documents and what they refer to), [`documents`] (`$ref`), [`schema`] (to
//! JSON Schema 2020-12), [`operation`] with [`parameters`], [`body`] and [`names`], [`select`], [`servers`]; then
//! [`mark`] and [`sync`].

mod body;
mod documents;
mod flat;
mod load;
pub(crate) mod mark;
mod names;
mod operation;
mod parameters;
mod parse;
mod schema;
mod select;
mod servers;
pub(crate) mod sync;

use std::collections::BTreeMap;

use puente_domain::Name;
use puente_sources::{Definition, SourceError};
use serde_json::{Map, Value};

use crate::{plan, settings::ImportSettings};

pub(crate) use operation::Operation;

/// What a document offers, after selection.
pub(crate) struct Import {
    /// What the document calls itself.
    pub(crate) title: String,
    /// Where its paths start; `None` if the document does not say.
    pub(crate) base_url: Option<String>,
    /// Other places, by name.
    pub(crate) servers: BTreeMap<String, String>,
    /// In the order of the document.
    pub(crate) operations: Vec<Operation>,
    /// Operations that cannot be tools, and why.
    pub(crate) problems: Vec<String>,
}

/// Reads the document of a source. `base_url` of the source wins over the document's servers.
///
/// # Errors
/// The source has no document, or it cannot be had or read.
pub(crate) async fn import(definition: &Definition) -> Result<Import, SourceError> {
    let wrong = |finding: puente_sources::Finding| SourceError::Definition(finding.message);
    let settings = plan::settings(definition).map_err(wrong)?;
    let Some(import) = &settings.openapi else {
        let advice = "the source names no document; say it as `openapi: {document: …}`";
        return Err(SourceError::Definition(advice.to_owned()));
    };
    let documents = load::load(definition, &settings, import).await?;
    let (import, base_url) = (import.clone(), settings.base_url.clone());
    let reading = tokio::task::spawn_blocking(move || read(&documents, &import, base_url.as_deref()));
    reading.await.map_err(|error| SourceError::failed(format!("the document cannot be read: {error}")))?
}

fn read(
    documents: &documents::Documents,
    settings: &ImportSettings,
    base_url: Option<&str>,
) -> Result<Import, SourceError> {
    let root = documents.root();
    let version = root.get("openapi").and_then(Value::as_str).unwrap_or_default();
    if !version.starts_with("3.") {
        let found = if root.get("swagger").is_some() { "it is Swagger 2" } else { "it says no version" };
        let message = format!("the document is no OpenAPI 3.0 or 3.1: {found}");
        return Err(SourceError::Definition(message));
    }
    let title = root.pointer("/info/title").and_then(Value::as_str).unwrap_or("API").trim().to_owned();
    let mut servers = servers::Servers::new(documents, settings, base_url);
    let mut import = Import {
        title,
        base_url: servers.base(),
        servers: BTreeMap::new(),
        operations: Vec::new(),
        problems: Vec::new(),
    };
    let mut names = names::Names::default();
    for found in operation::find(documents) {
        // Names do not depend on what is selected.
        let name = names.give(found.id, &found.key());
        if !select::selects(settings, &found) {
            continue;
        }
        match operation::read(documents, &found, name, settings.output, &mut servers) {
            Ok(operation) => {
                import.problems.extend(operation.notes.iter().map(|note| format!("{}: {note}", found.key())));
                import.operations.push(operation);
            }
            Err(problem) => import.problems.push(format!("{} cannot be a tool: {problem}", found.key())),
        }
    }
    import.servers = servers.named();
    Ok(import)
}

/// A tool's settings, for each operation: see `settings::tool`.
pub(crate) type Settings = Map<String, Value>;

/// A name that fits, whatever it is made from.
pub(crate) fn name(text: &str) -> Name {
    text.parse().unwrap_or_else(|_| "operation".parse().expect("a word is a name"))
}

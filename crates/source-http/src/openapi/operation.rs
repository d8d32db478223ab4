//! An operation of a document, as a tool of the catalog.

use puente_domain::Name;
use serde_json::{Value, json};

use super::{
    Settings, body,
    documents::{Documents, Node},
    names::Arguments,
    parameters,
    schema::{Direction, Schemas},
    servers::Servers,
};

const METHODS: [&str; 7] = ["get", "post", "put", "patch", "delete", "head", "options"];

/// An operation as it was found.
pub(super) struct Found<'a> {
    /// In upper case.
    pub(super) method: &'static str,
    pub(super) path: &'a str,
    /// Its `operationId`.
    pub(super) id: Option<&'a str>,
    /// The path's item: parameters and servers of all its operations.
    pub(super) item: Node<'a>,
    pub(super) node: Node<'a>,
}

impl<'a> Found<'a> {
    /// `GET /orders/{id}`: what it is known by.
    pub(super) fn key(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    pub(super) fn tags(&self) -> impl Iterator<Item = &'a str> {
        self.node.value.get("tags").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
    }
}

/// An operation, ready for the catalog.
pub(crate) struct Operation {
    /// What the tool is called unless somebody renames it.
    pub(crate) name: Name,
    /// See [`Found::key`].
    pub(crate) key: String,
    /// For agents.
    pub(crate) description: String,
    /// The tool's settings.
    pub(crate) settings: Settings,
    /// What could not be taken over as it is.
    pub(super) notes: Vec<String>,
}

/// Every operation, in the order of the document.
pub(super) fn find(documents: &Documents) -> Vec<Found<'_>> {
    let mut found = Vec::new();
    let Some(paths) = documents.top().get("paths").and_then(|paths| paths.value.as_object()) else { return found };
    for (path, item) in paths.iter().filter(|(path, _)| path.starts_with('/')) {
        let node = Node { value: item, ..documents.top() };
        let Ok(item) = documents.resolve(node) else { continue };
        for method in METHODS {
            if let Some(node) = item.get(method).filter(|node| node.value.is_object()) {
                let method = upper(method);
                found.push(Found { method, path, id: node.text("operationId"), item, node });
            }
        }
    }
    found
}

fn upper(method: &str) -> &'static str {
    match method {
        "post" => "POST",
        "put" => "PUT",
        "patch" => "PATCH",
        "delete" => "DELETE",
        "head" => "HEAD",
        "options" => "OPTIONS",
        _ => "GET",
    }
}

/// Makes a tool of an operation.
///
/// # Errors
/// Why it cannot be one.
pub(super) fn read(
    documents: &Documents,
    found: &Found<'_>,
    name: Name,
    with_output: bool,
    servers: &mut Servers<'_>,
) -> Result<Operation, String> {
    let mut schemas = Schemas::new(documents, Direction::Request);
    let mut arguments = Arguments::default();
    let mut settings = Settings::new();
    settings.insert("method".to_owned(), found.method.into());
    settings.insert("path".to_owned(), found.path.into());
    if let Some(server) = servers.name(found.item, found.node) {
        settings.insert("server".to_owned(), server.into());
    }
    let mut parameters = parameters::read(documents, found, &mut schemas, &mut arguments)?;
    if let Some(body) = body::read(documents, found.node, &mut schemas, &mut arguments)? {
        parameters.extend(body.fields);
        if !body.settings.is_empty() {
            settings.insert("body".to_owned(), Value::Object(body.settings));
        }
    }
    if !parameters.is_empty() {
        settings.insert("parameters".to_owned(), Value::Object(parameters));
    }
    let mut notes = schemas.take_notes();
    let mut definitions = schemas.definitions();
    if with_output && let Some(output) = output(documents, found.node) {
        let mut answers = Schemas::new(documents, Direction::Answer);
        let schema = answers.convert(output);
        notes.extend(answers.take_notes());
        let defined = answers.definitions();
        if let Value::Object(mut schema) = schema {
            if !defined.is_empty() {
                schema.insert("$defs".to_owned(), Value::Object(defined));
            }
            settings.insert("output".to_owned(), Value::Object(schema));
        }
    }
    if !definitions.is_empty() {
        settings.insert("definitions".to_owned(), Value::Object(std::mem::take(&mut definitions)));
    }
    Ok(Operation { name, key: found.key(), description: description(found), settings, notes })
}

/// Summary and description; agents choose tools by this.
fn description(found: &Found<'_>) -> String {
    let text = |key| found.node.text(key).map(str::trim).filter(|text| !text.is_empty());
    let mut description = match (text("summary"), text("description")) {
        (Some(summary), Some(description)) if description.starts_with(summary) => description.to_owned(),
        (Some(summary), Some(description)) => format!("{}\n\n{description}", ended(summary)),
        (Some(only), None) | (None, Some(only)) => only.to_owned(),
        (None, None) => found.key(),
    };
    if found.node.flag("deprecated") {
        description = format!("Deprecated. {description}");
    }
    description
}

fn ended(sentence: &str) -> String {
    if sentence.ends_with(['.', '!', '?']) { sentence.to_owned() } else { format!("{sentence}.") }
}

/// The schema of a good answer, if it is JSON.
fn output<'a>(documents: &'a Documents, operation: Node<'a>) -> Option<Node<'a>> {
    let responses = operation.get("responses")?;
    let response = ["200", "201", "202", "203", "2XX", "2xx"].iter().find_map(|status| responses.get(status))?;
    let content = documents.resolve(response).ok()?.get("content")?;
    let json = content.value.as_object()?.keys().find(|media_type| body::is_json(media_type))?;
    let schema = content.get(json)?.get("schema")?;
    (schema.value != &json!({})).then_some(schema)
}

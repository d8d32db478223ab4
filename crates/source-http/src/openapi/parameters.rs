//! Parameters of an operation and of its path.

use serde_json::{Map, Value, json};

use super::{
    documents::{Documents, Node},
    names::Arguments,
    operation::Found,
    schema::Schemas,
};
use crate::settings::{Place, Style};

/// Headers that are none of the operation's business (OpenAPI 3.1, "Parameter Object").
const IGNORED_HEADERS: [&str; 3] = ["accept", "content-type", "authorization"];

/// The `parameters` of the tool.
///
/// # Errors
/// A reference leads nowhere, or a parameter is in an unknown place.
pub(super) fn read<'a>(
    documents: &'a Documents,
    found: &Found<'a>,
    schemas: &mut Schemas<'a>,
    arguments: &mut Arguments,
) -> Result<Map<String, Value>, String> {
    let declared = declared(documents, found)?;
    let mut parameters = Map::new();
    for node in declared {
        let (Some(name), Some(place)) = (node.text("name"), node.text("in")) else { continue };
        let is_header = place == "header";
        if is_header && IGNORED_HEADERS.iter().any(|ignored| name.eq_ignore_ascii_case(ignored)) {
            continue;
        }
        if place == "path" && !found.path.contains(&format!("{{{name}}}")) {
            schemas.note(format!("the parameter `{name}` is not in the path"));
            continue;
        }
        let argument = arguments.give(name);
        let settings = one(node, name, &argument, schemas)?;
        parameters.insert(argument, Value::Object(settings));
    }
    for name in undeclared(found.path, &parameters) {
        let argument = arguments.give(&name);
        let mut settings = json!({"in": "path", "schema": {"type": "string"}});
        if argument != name {
            settings["name"] = name.into();
        }
        parameters.insert(argument, settings);
    }
    Ok(parameters)
}

/// Parameters of the path's item, overridden by those of the operation.
fn declared<'a>(documents: &'a Documents, found: &Found<'a>) -> Result<Vec<Node<'a>>, String> {
    let mut declared: Vec<Node<'a>> = Vec::new();
    for holder in [found.item, found.node] {
        let Some(list) = holder.get("parameters") else { continue };
        for value in list.value.as_array().into_iter().flatten() {
            let node = documents.resolve(Node { value, ..list })?;
            let same =
                |other: &Node<'_>| other.text("name") == node.text("name") && other.text("in") == node.text("in");
            match declared.iter().position(same) {
                Some(at) => declared[at] = node,
                None => declared.push(node),
            }
        }
    }
    Ok(declared)
}

fn one<'a>(
    node: Node<'a>,
    name: &str,
    argument: &str,
    schemas: &mut Schemas<'a>,
) -> Result<Map<String, Value>, String> {
    let place = node.text("in").unwrap_or_default();
    let parsed: Place = serde_json::from_value(json!(place)).map_err(|_| format!("`{name}` is in `{place}`"))?;
    let mut settings = Map::new();
    settings.insert("in".to_owned(), place.into());
    if argument != name {
        settings.insert("name".to_owned(), name.into());
    }
    let required = node.flag("required") || parsed == Place::Path;
    if !required {
        settings.insert("required".to_owned(), false.into());
    }
    if let Some(description) = node.text("description").map(str::trim).filter(|text| !text.is_empty()) {
        settings.insert("description".to_owned(), description.into());
    }
    let schema = if let Some((media_type, content)) = node.get("content").and_then(first_member) {
        settings.insert("content_type".to_owned(), media_type.into());
        content.get("schema")
    } else {
        written(node, parsed, &mut settings, schemas);
        node.get("schema")
    };
    let mut schema = schema.map_or_else(|| json!({}), |schema| schemas.convert(schema));
    if let (Some(example), Value::Object(schema)) = (node.value.get("example"), &mut schema) {
        schema.entry("examples").or_insert_with(|| json!([example]));
    }
    settings.insert("schema".to_owned(), schema);
    Ok(settings)
}

fn first_member(node: Node<'_>) -> Option<(&str, Node<'_>)> {
    let (key, value) = node.value.as_object()?.iter().next()?;
    Some((key, Node { value, ..node }))
}

/// `style`, `explode` and `allowReserved`, where they are not the usual ones.
fn written(node: Node<'_>, place: Place, settings: &mut Map<String, Value>, schemas: &mut Schemas<'_>) {
    let usual = Style::usual(place);
    let style =
        node.text("style").and_then(|style| serde_json::from_value::<Style>(json!(style)).ok()).unwrap_or(usual);
    let style = if style.fits(place) {
        style
    } else {
        schemas.note(format!("the style {} does not exist in {}", style.as_str(), node.text("in").unwrap_or_default()));
        usual
    };
    if style != usual {
        settings.insert("style".to_owned(), style.as_str().into());
    }
    if let Some(explode) = node.value.get("explode").and_then(Value::as_bool) {
        settings.insert("explode".to_owned(), explode.into());
    }
    if node.flag("allowReserved") {
        settings.insert("allow_reserved".to_owned(), true.into());
    }
}

/// `{name}`s of the path that no parameter is for.
fn undeclared(path: &str, parameters: &Map<String, Value>) -> Vec<String> {
    let declared = |name: &str| {
        parameters.iter().any(|(argument, settings)| {
            settings["in"] == "path"
                && settings.get("name").map_or(argument.as_str(), |own| own.as_str().unwrap_or_default()) == name
        })
    };
    let names = path.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name);
    names.filter(|name| !declared(name)).map(str::to_owned).collect()
}

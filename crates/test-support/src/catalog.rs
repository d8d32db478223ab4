//! Catalog entries in a few lines.

use std::sync::Arc;

use puente_domain::{
    Clock, SourceId, SystemClock, ToolId,
    catalog::{Origin, ToolRecord},
};
use puente_sources::{Definition, Egress, ToolSettings};
use serde_json::{Map, Value};

/// An operator's definition like that of a catalog file: `settings` of the source, and its tools by name.
///
/// # Panics
/// They are no objects, or a name is none.
#[must_use]
pub fn definition(name: &str, settings: &Value, tools: &Value) -> Definition {
    let settings = object(settings);
    let tools = object(tools);
    let tools = tools.iter().map(|(name, settings)| (tool(name, settings), ToolSettings::default()));
    Definition {
        name: name.parse().expect("a name"),
        origin: Origin::Operator,
        settings: settings.clone(),
        written: settings,
        tools: tools.collect(),
        egress: Arc::new(Egress::default()),
    }
}

/// A tool of a catalog file: what is not its description depends on its source.
///
/// # Panics
/// `settings` is no object, or the name is none.
#[must_use]
pub fn tool(name: &str, settings: &Value) -> ToolRecord {
    let mut settings = object(settings);
    let description = settings.remove("description").and_then(|text| text.as_str().map(ToOwned::to_owned));
    ToolRecord {
        id: ToolId::new(),
        source: SourceId::new(),
        name: name.parse().expect("a name"),
        description: description.unwrap_or_default(),
        settings,
        enabled: true,
        version: 1,
        updated_at: SystemClock.now(),
    }
}

fn object(value: &Value) -> Map<String, Value> {
    value.as_object().expect("an object").clone()
}

//! A tool, ready to be listed and called.

use std::{
    borrow::Cow,
    sync::{Arc, OnceLock},
};

use bytes::Bytes;
use jsonschema::Validator;
use puente_mcp::Era;
use puente_sources::{Effect, ToolOffer, ToolSettings};
use rmcp::model::{JsonObject, Tool, ToolAnnotations};
use serde_json::{Value, json};

use super::{live::Connection, tool_settings::Look};
use crate::{limit::ToolLimits, metrics::ToolLabels, validate::Arguments, view::apps};

/// A tool of a connected source.
pub(crate) struct CatalogTool {
    pub(crate) connection: Arc<Connection>,
    /// By the source's own name.
    pub(crate) name: String,
    /// `source.tool`.
    pub(crate) address: Arc<str>,
    pub(crate) labels: ToolLabels,
    pub(crate) effect: Effect,
    pub(crate) settings: ToolSettings,
    pub(crate) arguments: Arguments,
    pub(crate) limits: Arc<ToolLimits>,
    tool: Tool,
    output: OnceLock<Option<Validator>>,
    /// By era and prefix.
    json: [[OnceLock<Bytes>; 2]; 2],
}

impl CatalogTool {
    /// Limits of `earlier` go on counting if they are the same.
    pub(crate) fn new(connection: &Arc<Connection>, offer: &ToolOffer, look: &Look, earlier: Option<&Self>) -> Self {
        let address: Arc<str> = format!("{}.{}", connection.name, offer.tool.name).into();
        let limits = earlier.filter(|earlier| ToolLimits::same(&earlier.settings, &offer.settings)).map_or_else(
            || Arc::new(ToolLimits::new(&connection.rates, &address, &offer.settings)),
            |earlier| earlier.limits.clone(),
        );
        Self {
            connection: connection.clone(),
            name: offer.tool.name.to_string(),
            labels: ToolLabels::new(connection.name.as_str(), &offer.tool.name),
            arguments: Arguments::new(&address, &offer.tool.input_schema),
            address,
            effect: offer.effect,
            settings: ToolSettings {
                // A call that writes must reach its source, whatever the catalog says.
                cache: offer.settings.cache.filter(|_| offer.effect.is_read_only()),
                ..offer.settings.clone()
            },
            limits,
            tool: decorate(offer, look),
            output: OnceLock::new(),
            json: Default::default(),
        }
    }

    /// How clients know it: `source_tool` or `tool`.
    pub(crate) fn client_name(&self, prefix: bool) -> String {
        super::super::view::client_name(&self.connection.name, &self.name, prefix)
    }

    /// As it is listed, but for its name.
    pub(crate) const fn listed(&self) -> &Tool {
        &self.tool
    }

    /// As it is listed; serialised once.
    pub(crate) fn json(&self, era: Era, prefix: bool) -> Bytes {
        let cell = &self.json[usize::from(era == Era::Modern)][usize::from(prefix)];
        cell.get_or_init(|| self.serialise(era, prefix)).clone()
    }

    fn serialise(&self, era: Era, prefix: bool) -> Bytes {
        let mut tool = self.tool.clone();
        tool.name = Cow::Owned(self.client_name(prefix));
        if prefix {
            apps::rewrite_tool(&self.connection.name, &mut tool);
        }
        if era == Era::Legacy && self.wraps_output() {
            tool.output_schema = tool.output_schema.map(|schema| Arc::new(wrap(&schema)));
        }
        serde_json::to_vec(&tool).unwrap_or_default().into()
    }

    /// Whether legacy clients get its structured results as `{"result": …}`: before 2026-07-28 both schema and result
    /// must be objects.
    pub(crate) fn wraps_output(&self) -> bool {
        self.tool.output_schema.as_ref().is_some_and(|schema| schema.get("type") != Some(&json!("object")))
    }

    /// Whether a structured result keeps to the output schema, if there is one.
    pub(crate) fn accepts_output(&self, output: &Value) -> bool {
        let Some(schema) = &self.tool.output_schema else { return true };
        let compile = || jsonschema::options().build(&Value::Object((**schema).clone())).ok();
        self.output.get_or_init(compile).as_ref().is_none_or(|validator| validator.is_valid(output))
    }

    /// Whether results of it must be structured.
    pub(crate) fn has_output_schema(&self) -> bool {
        self.tool.output_schema.is_some()
    }
}

/// Adds what the catalog says about its looks, and hints that follow from what it may do.
fn decorate(offer: &ToolOffer, look: &Look) -> Tool {
    let mut tool = offer.tool.clone();
    tool.title = offer.settings.title.clone().or(tool.title);
    tool.icons = look.icons.clone().or(tool.icons);
    let mut hints = look.annotations.clone().or(tool.annotations.take()).unwrap_or_default();
    set_hints(&mut hints, offer.effect);
    tool.annotations = Some(hints);
    tool
}

fn set_hints(hints: &mut ToolAnnotations, effect: Effect) {
    hints.read_only_hint = Some(effect.is_read_only());
    (hints.destructive_hint, hints.idempotent_hint) = match effect {
        Effect::ReadOnly => (None, None),
        Effect::Write { destructive, idempotent } => (Some(destructive), Some(idempotent)),
    };
}

/// `{"result": …}` around a schema; definitions stay where references look for them.
fn wrap(schema: &JsonObject) -> JsonObject {
    let mut inner = schema.clone();
    let mut outer = JsonObject::new();
    for key in ["$schema", "$defs", "definitions"] {
        outer.extend(inner.shift_remove_entry(key));
    }
    outer.insert("type".to_owned(), json!("object"));
    outer.insert("properties".to_owned(), json!({"result": inner}));
    outer.insert("required".to_owned(), json!(["result"]));
    outer
}

//! From rows to what a connector gets.

use std::{collections::HashMap, sync::Arc};

use puente_domain::catalog::{SourceRecord, ToolRecord};
use puente_sources::{Definition, Egress};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{
    secrets::Secrets,
    tool_settings::{self, Look},
};

/// A definition, and what the gateway itself adds to its tools.
pub(crate) struct Defined {
    pub(crate) definition: Definition,
    /// By the tool's name.
    pub(crate) looks: HashMap<String, Look>,
    /// SHA-256 of everything that the source is made from, secrets included: another one is another source.
    pub(crate) fingerprint: [u8; 32],
}

/// What was put together, or a definition that cannot be connected.
type Outcome = Result<Defined, Box<Definition>>;

/// Puts a definition together; one whose references do not resolve keeps them, and cannot be connected. Tools whose
/// settings do not parse are left out; each problem with its path below the source.
pub(crate) fn define(
    source: &SourceRecord,
    tools: &[ToolRecord],
    secrets: &Secrets,
    egress: &Arc<Egress>,
) -> (Outcome, Vec<(String, String)>) {
    let mut problems = Vec::new();
    let (mut defined, mut looks) = (Vec::with_capacity(tools.len()), HashMap::new());
    for (index, tool) in tools.iter().enumerate() {
        match tool_settings::parse(&tool.settings) {
            Ok(parsed) => {
                looks.insert(tool.name.to_string(), parsed.look);
                defined.push((ToolRecord { settings: parsed.rest, ..tool.clone() }, parsed.settings));
            }
            Err(wrong) => {
                problems.extend(wrong.into_iter().map(|(field, message)| (format!("tools[{index}].{field}"), message)));
            }
        }
    }
    let definition = |settings| Definition {
        name: source.name.clone(),
        origin: source.origin,
        settings,
        written: source.settings.clone(),
        tools: defined,
        egress: egress.clone(),
    };
    let settings = match secrets.resolve(&source.settings, &source.name, source.origin) {
        Ok(settings) => settings,
        Err(wrong) => {
            problems.extend(wrong);
            return (Err(Box::new(definition(source.settings.clone()))), problems);
        }
    };
    let hashed =
        json!([source.name, source.kind, source.origin, settings, tools.iter().map(tool_key).collect::<Vec<_>>()]);
    let fingerprint = Sha256::digest(hashed.to_string()).into();
    let definition = definition(settings);
    (Ok(Defined { definition, looks, fingerprint }), problems)
}

fn tool_key(tool: &ToolRecord) -> serde_json::Value {
    json!([tool.id, tool.version, tool.name, tool.description, tool.settings, tool.enabled])
}

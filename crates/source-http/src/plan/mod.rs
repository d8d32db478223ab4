//! A catalog entry, compiled: settings parsed, and everything checked that can be checked without the API.

mod body;
mod parameter;
mod path;
mod place;
mod schema;
mod tool;

use std::sync::Arc;

use puente_domain::catalog::Origin;
use puente_sources::{Definition, Egress, Finding, finding::parse};
use serde_json::Value;

pub(crate) use body::{Body, BodyKind};
pub(crate) use parameter::Parameter;
pub(crate) use path::{PathTemplate, Piece};
pub(crate) use place::Base;
pub(crate) use puente_sources::finding::{fatal, warning};
pub(crate) use tool::Tool;

use crate::settings::SourceSettings;

/// A source that can be connected.
pub(crate) struct Plan {
    /// Its settings.
    pub(crate) settings: SourceSettings,
    /// Where its paths start; `None` if only its document knows, and it has no tools yet.
    pub(crate) base: Option<Base>,
    /// Who wrote it.
    pub(crate) origin: Origin,
    /// Where its connections may go.
    pub(crate) egress: Arc<Egress>,
    /// Its tools, in the order of the catalog.
    pub(crate) tools: Vec<Tool>,
}

/// Compiles `definition`. References to secrets may be unresolved: then what they stand for is not looked at.
///
/// # Errors
/// Everything that is wrong; each finding is fatal.
pub(crate) fn compile(definition: &Definition) -> Result<Plan, Vec<Finding>> {
    let settings = settings(definition).map_err(|finding| vec![finding])?;
    let mut findings = place::check(definition, &settings);
    let base = settings.base_url.as_deref().and_then(|url| Base::parse(url).ok());
    if base.is_none() && settings.openapi.is_none() {
        findings.push(fatal("base_url", "is missing: where the API is, like https://api.example.com/v1"));
    }
    if base.is_none() && !definition.tools.is_empty() && findings.is_empty() {
        let advice =
            "is missing: tools need to know where the API is (`puente source draft` takes it from the document)";
        findings.push(fatal("base_url", advice));
    }
    let mut tools = Vec::with_capacity(definition.tools.len());
    for (index, (record, common)) in definition.tools.iter().enumerate() {
        match Tool::compile(index, record, common, &settings, base.as_ref()) {
            Ok(tool) => tools.push(tool),
            Err(problems) => findings.extend(problems),
        }
    }
    if !findings.is_empty() {
        return Err(findings);
    }
    let egress = egress(definition, &settings);
    Ok(Plan { settings, base, origin: definition.origin, egress, tools })
}

/// The guard, with the addresses that an operator's source allows besides.
fn egress(definition: &Definition, settings: &SourceSettings) -> Arc<Egress> {
    if settings.allow_addresses.is_empty() {
        return definition.egress.clone();
    }
    let mut egress = Egress::clone(&definition.egress);
    egress.allow.extend(&settings.allow_addresses);
    Arc::new(egress)
}

/// Parses the source's settings.
pub(crate) fn settings(definition: &Definition) -> Result<SourceSettings, Finding> {
    parse("", Value::Object(definition.settings.clone()))
}

//! Checks a source before it is written: common settings, secrets, what its connector says, what its system says.

use puente_domain::catalog::{SourceRecord, ToolRecord};
use puente_sources::{CacheScope, Connector, Definition};
use puente_storage::Transaction;
use serde_json::Value;

use super::{
    definition::define,
    literal,
    secrets::{Secrets, is_withheld},
};
use crate::{Finding, Gateway, Result};

impl Gateway {
    /// Opens the stored secrets.
    pub(crate) async fn load_secrets(&self, transaction: &mut dyn Transaction) -> Result<Secrets> {
        Ok(Secrets::load(transaction, &self.vault, &self.settings.env_allow).await?)
    }

    /// Everything that is wrong with a source and its tools, with paths below the source.
    pub(crate) async fn check_source(
        &self,
        source: &SourceRecord,
        tools: &[ToolRecord],
        secrets: &Secrets,
    ) -> Vec<Finding> {
        let Some(connector) = self.connectors.get(&source.kind) else {
            return vec![fatal("type", format!("this Puente has no sources of type {}", source.kind.as_str()))];
        };
        let mut findings = literal_secrets(&**connector, source);
        let (defined, problems) = define(source, tools, secrets, &self.egress);
        findings.extend(
            problems
                .into_iter()
                .map(|(path, message)| Finding { warning: is_withheld(&message), ..fatal(path, message) }),
        );
        // Tools that do not parse are left out of the definition, which moves the places of those behind them.
        if findings.iter().any(|finding| finding.path.starts_with("tools[")) {
            return findings;
        }
        let definition = defined.as_ref().map_or_else(|raw| &**raw, |defined| &defined.definition);
        findings.extend(caches(definition));
        findings.extend(connector.check(definition).into_iter().map(translate));
        if source.enabled && defined.is_ok() && findings.iter().all(|finding| finding.warning) {
            findings.extend(connector.verify(definition).await.into_iter().map(translate));
        }
        findings
    }
}

fn fatal(path: impl Into<String>, message: impl Into<String>) -> Finding {
    Finding { path: path.into(), position: None, message: message.into(), warning: false }
}

fn translate(finding: puente_sources::Finding) -> Finding {
    let puente_sources::Finding { location, message, fatal } = finding;
    Finding { path: at_field(location.0, &message), position: None, message, warning: !fatal }
}

/// A field that nobody knows is pointed at itself, not at what it is in.
fn at_field(path: String, message: &str) -> String {
    let field = message.strip_prefix("unknown field `").and_then(|rest| rest.split('`').next());
    match field {
        Some(field) if path.is_empty() => field.to_owned(),
        Some(field) if path.rsplit('.').next() != Some(field) => format!("{path}.{field}"),
        _ => path,
    }
}

/// Results are kept only of tools that change nothing, and only for those who may see them.
fn caches(definition: &Definition) -> Vec<Finding> {
    let identity = definition.settings.get("identity").is_some_and(|identity| !identity.is_null());
    let mut findings = Vec::new();
    for (index, (tool, settings)) in definition.tools.iter().enumerate() {
        let Some(cache) = settings.cache else { continue };
        if tool.settings.get("writes") == Some(&Value::Bool(true)) {
            let message = "results of a tool that writes cannot be cached; remove `cache` or `writes`";
            findings.push(fatal(format!("tools[{index}].cache"), message));
        }
        if identity && cache.scope != CacheScope::Principal {
            let message = "the source has `identity`, so its results are for one caller only; use `scope: principal`";
            findings.push(fatal(format!("tools[{index}].cache.scope"), message));
        }
    }
    findings
}

/// Secrets in the clear would end up in the database, in exports and in answers of the API.
fn literal_secrets(connector: &dyn Connector, source: &SourceRecord) -> Vec<Finding> {
    let advice = format!(
        "holds a secret in the clear; write it as ${{secret:{0}.password}} (puente secret set {0}.password) or \
         ${{env:SOURCE_…}}",
        source.name
    );
    let found = literal::find(&source.settings, connector.secret_settings());
    found.into_iter().map(|path| fatal(path, &*advice)).collect()
}

//! Checks a source before it is written: common settings, secrets, what its connector says, what its system says.

use puente_domain::catalog::{SourceRecord, ToolRecord};
use puente_sources::{CacheScope, Connector, Definition};
use puente_storage::Transaction;
use serde_json::Value;
use url::Url;

use super::{definition::define, secrets::Secrets};
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
        findings.extend(problems.into_iter().map(|(path, message)| fatal(path, message)));
        let Ok(defined) = defined else { return findings };
        if !findings.is_empty() {
            return findings;
        }
        findings.extend(caches(&defined.definition));
        findings.extend(connector.check(&defined.definition).into_iter().map(translate));
        if source.enabled && !findings.iter().any(|finding| !finding.warning) {
            findings.extend(connector.verify(&defined.definition).await.into_iter().map(translate));
        }
        findings
    }
}

fn fatal(path: impl Into<String>, message: impl Into<String>) -> Finding {
    Finding { path: path.into(), position: None, message: message.into(), warning: false }
}

fn translate(finding: puente_sources::Finding) -> Finding {
    let puente_sources::Finding { location, message, fatal } = finding;
    Finding { path: location.0, position: None, message, warning: !fatal }
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
    let literal = |path: &&str| at(&source.settings, path).and_then(Value::as_str).is_some_and(is_literal_secret);
    let advice = format!(
        "holds a secret in the clear; write it as ${{secret:{0}.password}} (puente secret set {0}.password) or \
         ${{env:SOURCE_…}}",
        source.name
    );
    connector.secret_settings().iter().copied().filter(|path| literal(path)).map(|path| fatal(path, &*advice)).collect()
}

fn at<'a>(settings: &'a serde_json::Map<String, Value>, path: &str) -> Option<&'a Value> {
    let mut parts = path.split('.');
    let first = settings.get(parts.next()?)?;
    parts.try_fold(first, |value, part| value.get(part))
}

/// A URL is secret where it has a password; any other text is.
fn is_literal_secret(text: &str) -> bool {
    if text.contains("${") {
        return false;
    }
    match Url::parse(text) {
        Ok(url) => url.password().is_some(),
        Err(_) => !text.contains(':'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_in_urls_are_secrets() {
        for (text, expected) in [
            ("postgresql://app:s3cret@db/erp", true),
            ("postgresql://app:${secret:erp.password}@db/erp", false),
            ("${env:SOURCE_ERP_URL}", false),
            ("postgresql://app@db/erp", false),
            ("sqlite:erp.db", false),
            ("sqlite:///srv/erp.db", false),
            ("hunter2", true),
        ] {
            assert_eq!(is_literal_secret(text), expected, "{text}");
        }
    }
}

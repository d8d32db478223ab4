//! The connector: checks definitions and makes sources of them.

use std::sync::Arc;

use async_trait::async_trait;
use puente_domain::catalog::SourceKind;
use puente_sources::{Connector, Definition, Finding, Outbound, Source, SourceError, Synced, outbound::ConnectError};

use crate::{
    draft,
    openapi::sync,
    plan::{self, Plan, fatal, warning},
    settings::SECRETS,
    source::HttpSource,
};

/// Sources of type `http`.
#[derive(Clone, Copy, Debug, Default)]
pub struct HttpConnector;

#[async_trait]
impl Connector for HttpConnector {
    fn kind(&self) -> SourceKind {
        SourceKind::Http
    }

    fn check(&self, definition: &Definition) -> Vec<Finding> {
        plan::compile(definition).err().unwrap_or_default()
    }

    async fn verify(&self, definition: &Definition) -> Vec<Finding> {
        match plan::compile(definition) {
            Ok(plan) => verify(&plan).await,
            Err(findings) => findings,
        }
    }

    fn connect(&self, definition: Definition) -> Result<Arc<dyn Source>, SourceError> {
        let plan = plan::compile(&definition).map_err(|findings| SourceError::Definition(summary(&findings)))?;
        Ok(Arc::new(HttpSource::new(definition.name.as_str(), plan)?))
    }

    async fn draft(&self, definition: &Definition) -> Result<String, SourceError> {
        draft::draft(definition).await
    }

    async fn sync(&self, definition: &Definition) -> Result<Synced, SourceError> {
        sync::sync(definition).await
    }

    fn secret_settings(&self) -> &'static [&'static str] {
        SECRETS
    }
}

/// Whether something listens where the API is said to be. Nothing is asked: an address may count, or cost.
async fn verify(plan: &Plan) -> Vec<Finding> {
    let Some(base) = &plan.base else { return Vec::new() };
    let Ok(uri) = format!("{}/", base.origin).parse() else { return vec![fatal("base_url", "is no URL")] };
    let outbound = Outbound::new(plan.egress.clone(), plan.origin, plan.settings.connect_timeout);
    match outbound.reach(&uri).await {
        Ok(()) => Vec::new(),
        Err(error @ (ConnectError::Refused(_) | ConnectError::Own)) => vec![fatal("base_url", error.to_string())],
        Err(error) => vec![warning("base_url", error.to_string())],
    }
}

/// All findings in one line.
pub(crate) fn summary(findings: &[Finding]) -> String {
    let lines = findings.iter().map(|finding| match finding.location.0.as_str() {
        "" => finding.message.clone(),
        location => format!("{location}: {}", finding.message),
    });
    lines.collect::<Vec<_>>().join("; ")
}

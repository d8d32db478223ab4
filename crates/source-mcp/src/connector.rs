//! The connector: checks definitions and makes sources of them.

use std::{path::PathBuf, sync::Arc};

use async_trait::async_trait;
use puente_domain::catalog::SourceKind;
use puente_sources::{Connector, Definition, Finding, Source, SourceError};
use rmcp::model::ClientCapabilities;
use tokio::sync::mpsc;

use crate::{
    draft,
    error::LinkError,
    listing::{self, Listing},
    plan::{self, Plan, warning},
    rounds::everything,
    session::{self, Session},
    source::McpSource,
};

/// Sources of type `mcp`.
#[derive(Clone, Debug)]
pub struct McpConnector {
    keeper: PathBuf,
}

impl McpConnector {
    /// A connector whose commands are looked after by `keeper child`: a program that runs [`child`](crate::child).
    #[must_use]
    pub fn new(keeper: PathBuf) -> Self {
        Self { keeper }
    }

    fn compile(&self, definition: &Definition) -> Result<Plan, SourceError> {
        plan::compile(definition, &self.keeper).map_err(|findings| SourceError::Definition(summary(&findings)))
    }
}

#[async_trait]
impl Connector for McpConnector {
    fn kind(&self) -> SourceKind {
        SourceKind::Mcp
    }

    fn check(&self, definition: &Definition) -> Vec<Finding> {
        plan::check(definition)
    }

    async fn verify(&self, definition: &Definition) -> Vec<Finding> {
        let plan = match plan::compile(definition, &self.keeper) {
            Ok(plan) => plan,
            Err(findings) => return findings,
        };
        match look(&plan).await {
            Ok((_, listing)) => listing.offer.problems.iter().map(|problem| warning("", problem)).collect(),
            Err(error) => vec![warning("", error.to_string())],
        }
    }

    fn connect(&self, definition: Definition) -> Result<Arc<dyn Source>, SourceError> {
        Ok(Arc::new(McpSource::start(self.compile(&definition)?)))
    }

    async fn draft(&self, definition: &Definition) -> Result<String, SourceError> {
        let plan = self.compile(definition)?;
        let (session, listing) =
            look(&plan).await.map_err(|error| error.into_source_error(definition.name.as_str()))?;
        Ok(draft::draft(definition.name.as_str(), &session, &listing.offer))
    }

    fn secret_settings(&self) -> &'static [&'static str] {
        &["url", "headers.*", "env.*"]
    }
}

/// Opens a session of its own and lists everything.
async fn look(plan: &Plan) -> Result<(Session, Listing), LinkError> {
    let (events, _changes) = mpsc::channel(1);
    let declared: ClientCapabilities = everything(&plan.ask);
    let session = session::open(&plan.target, &declared, &events).await?;
    let listing = listing::list(&session, &plan.tools).await?;
    Ok((session, listing))
}

fn summary(findings: &[Finding]) -> String {
    let lines = findings.iter().map(|finding| match finding.location.0.as_str() {
        "" => finding.message.clone(),
        location => format!("{location}: {}", finding.message),
    });
    lines.collect::<Vec<_>>().join("; ")
}

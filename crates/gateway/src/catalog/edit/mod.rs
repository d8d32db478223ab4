//! Edits of single sources and tools, as the REST API and the console make them. What an editor writes reaches less
//! than what the operator applies: see [`Origin`](puente_domain::catalog::Origin).

mod look;
mod prompts;
mod sources;
mod tools;

pub use sources::{NewSource, SourceChange};
pub(super) use sources::{find, with_settings};
pub use tools::{NewTool, ToolChange};

use puente_domain::{
    SourceId,
    catalog::{SourceRecord, ToolRecord},
};
use puente_storage::Transaction;

use super::{
    apply::clash,
    secrets::{Secrets, is_missing},
    snapshot::Rows,
};
use crate::{Error, Finding, Gateway, Result};

impl Gateway {
    /// Checks a source as an edit would leave it. A secret that is not there (any more) does not keep it from being
    /// saved: it is given afterwards.
    pub(super) async fn check_edit(
        &self,
        source: &SourceRecord,
        tools: &[ToolRecord],
        secrets: &Secrets,
    ) -> Result<()> {
        let missing = |finding: &Finding| is_missing(&finding.message);
        let findings = self.check_source(source, tools, secrets).await;
        let fatal: Vec<Finding> =
            findings.into_iter().filter(|finding| !finding.warning && !missing(finding)).collect();
        if fatal.is_empty() { Ok(()) } else { Err(Error::Invalid(fatal)) }
    }
}

/// Refuses what would give two things one name on a virtual server.
pub(crate) async fn check_clashes(transaction: &mut dyn Transaction) -> Result<()> {
    let rows = Rows::load(transaction).await?;
    let findings = clash::find(&rows, &super::CatalogFile::default());
    if findings.is_empty() { Ok(()) } else { Err(Error::Invalid(findings)) }
}

pub(super) async fn tools_of(transaction: &mut dyn Transaction, source: SourceId) -> Result<Vec<ToolRecord>> {
    let rows = transaction.catalog().load().await?;
    Ok(rows.tools.into_iter().filter(|tool| tool.source == source).collect())
}

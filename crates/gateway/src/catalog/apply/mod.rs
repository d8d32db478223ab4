//! From a catalog file to rows: everything is checked first, then written in one transaction.

mod check;
pub(super) mod clash;
mod diff;
mod plan;
mod write;

pub use diff::{Change, Diff, DiffEntry};

use puente_domain::{audit::Outcome, catalog::Origin};

use super::file::{CatalogFile, Positions};
use crate::{Action, Actor, Error, Finding, Gateway, Result};
use plan::Plan;

/// How a file is applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ApplyOptions {
    /// Checks and compares only.
    pub dry_run: bool,
    /// Deletes what the file does not name; else that stays as it is.
    pub prune: bool,
    /// Who wrote the file; decides what its sources may reach.
    pub origin: Origin,
}

impl Gateway {
    /// Makes the catalog what the file says, all of it or nothing, and says what that changes. A running gateway has
    /// taken it up when this returns; other replicas do within a second.
    ///
    /// # Errors
    /// [`Error::Invalid`] with everything that is wrong, each with its place in the file. Nothing is written then.
    pub async fn apply(&self, actor: &Actor, yaml: &str, options: ApplyOptions) -> Result<Diff> {
        self.allow(actor, Action::EditCatalog, "catalog/apply", "").await?;
        if options.dry_run && options.origin == Origin::Editor {
            // Systems are asked, so it leaves a row, and has it before they are.
            self.record(actor, "catalog/apply", "", Outcome::Ok, Some("dry run".to_owned())).await;
        }
        let (file, positions) = CatalogFile::parse_with_positions(yaml)?;
        if file.servers.iter().any(|server| server.open || server.grants.is_some()) {
            self.allow(actor, Action::ManageAccess, "catalog/apply", "").await?;
        }
        let warnings = self.checked(&file, &positions, options).await?;
        let mut diff = if options.dry_run {
            let mut transaction = self.storage.read().await?;
            self.plan(&mut *transaction, &file, options).await?.diff()
        } else {
            self.write_catalog(actor, &file, options).await?
        };
        diff.warnings = warnings;
        Ok(diff)
    }

    /// Checks the file against the catalog as it is, and its sources against their systems.
    async fn checked(&self, file: &CatalogFile, positions: &Positions, options: ApplyOptions) -> Result<Vec<Finding>> {
        let mut findings = check::names(file);
        if findings.is_empty() {
            findings = self.check_rows(file, options).await?;
        }
        let findings = positions.locate(findings);
        if findings.iter().any(|finding| !finding.warning) { Err(Error::Invalid(findings)) } else { Ok(findings) }
    }

    async fn check_rows(&self, file: &CatalogFile, options: ApplyOptions) -> Result<Vec<Finding>> {
        let (plan, secrets, mut findings) = {
            let mut transaction = self.storage.read().await?;
            let findings = check::grantees(&mut *transaction, file).await?;
            if !findings.is_empty() {
                return Ok(findings);
            }
            let plan = self.plan(&mut *transaction, file, options).await?;
            let secrets = self.load_secrets(&mut *transaction).await?;
            (plan, secrets, findings)
        };
        let after = plan.after();
        findings.extend(check::forgotten(&plan, &secrets));
        findings.extend(check::servers(file, self.settings.allow_open_servers));
        findings.extend(check::offers(file, &after));
        findings.extend(clash::find(&after, file));
        for (index, entry) in file.sources.iter().enumerate() {
            let Some(source) = after.catalog.sources.iter().find(|source| source.name == entry.name) else { continue };
            let tools = check::tools_in_order(entry, source.id, &after);
            let below = if plan.moved.contains(&source.name) {
                self.check_source(source, &tools, &secrets.without(&source.name)).await
            } else {
                self.check_source(source, &tools, &secrets).await
            };
            findings.extend(below.into_iter().map(|finding| check::in_source(index, entry, &tools, finding)));
        }
        Ok(findings)
    }
}

//! The catalog file: what `puente apply` reads and `puente export` writes.

mod entries;
mod fields;
mod node;
mod schema;

pub(crate) use entries::duplicates;
pub use entries::{CatalogFile, PromptEntry, ResourceEntry, ServerEntry, SourceEntry, ToolEntry};
pub(crate) use node::Positions;
pub use schema::catalog_schema;

use crate::{Error, Finding, Result};

impl CatalogFile {
    /// Reads a catalog file. Fields that depend on the kind of a source are kept as they are.
    ///
    /// # Errors
    /// [`Error::Invalid`] with everything that is wrong, each with its line and column.
    pub fn parse(text: &str) -> Result<Self> {
        Self::parse_with_positions(text).map(|(file, _)| file)
    }

    pub(crate) fn parse_with_positions(text: &str) -> Result<(Self, Positions)> {
        let (value, positions) = node::read(text).map_err(|finding| Error::Invalid(vec![finding]))?;
        let mut findings = Vec::new();
        let file = entries::read(value, &mut findings);
        if findings.is_empty() {
            return Ok((file, positions));
        }
        Err(Error::Invalid(positions.locate(findings)))
    }
}

impl Positions {
    /// Puts line and column into findings that have none.
    pub(crate) fn locate(&self, mut findings: Vec<Finding>) -> Vec<Finding> {
        for finding in &mut findings {
            finding.position = finding.position.or_else(|| self.find(&finding.path));
        }
        findings
    }
}

#[cfg(test)]
mod tests;

//! What an apply changes, for people.

use std::fmt;

use crate::Finding;

/// What happens to an object of the catalog.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Change {
    /// It is new.
    Added,
    /// Some of its fields are.
    Changed,
    /// It is deleted (`--prune`).
    Removed,
    /// It is as the file says.
    Unchanged,
    /// It is not in the file, and stays.
    Kept,
}

/// An object of the catalog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiffEntry {
    /// What happens to it.
    pub change: Change,
    /// `source`, `tool`, `prompt`, `resource`, `server` or `grant`.
    pub kind: &'static str,
    /// `erp`, `erp.search_expenses`, `finance`, …
    pub name: String,
    /// The names of the fields that change.
    pub fields: Vec<String>,
}

/// Everything that an apply does. `Display` is what `puente apply` prints.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diff {
    /// By kind, then by name.
    pub entries: Vec<DiffEntry>,
    /// What does not keep the file from being applied.
    pub warnings: Vec<Finding>,
}

impl Diff {
    /// Whether nothing changes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !self.entries.iter().any(|entry| matches!(entry.change, Change::Added | Change::Changed | Change::Removed))
    }

    /// How many objects a change happens to.
    #[must_use]
    pub fn count(&self, change: Change) -> usize {
        self.entries.iter().filter(|entry| entry.change == change).count()
    }

    pub(super) fn summary(&self) -> String {
        format!(
            "{} added, {} changed, {} removed, {} unchanged",
            self.count(Change::Added),
            self.count(Change::Changed),
            self.count(Change::Removed),
            self.count(Change::Unchanged),
        )
    }
}

impl fmt::Display for DiffEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match self.change {
            Change::Added => '+',
            Change::Changed => '~',
            Change::Removed => '-',
            Change::Unchanged => '=',
            Change::Kept => '.',
        };
        write!(f, "{sign} {} {}", self.kind, self.name)?;
        if !self.fields.is_empty() {
            write!(f, " ({})", self.fields.join(", "))?;
        }
        Ok(())
    }
}

impl fmt::Display for Diff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for warning in &self.warnings {
            writeln!(f, "warning: {warning}")?;
        }
        for entry in self.entries.iter().filter(|entry| !matches!(entry.change, Change::Unchanged | Change::Kept)) {
            writeln!(f, "{entry}")?;
        }
        let kept = self.count(Change::Kept);
        if kept > 0 {
            writeln!(f, "{kept} not in the file and kept (--prune deletes them)")?;
        }
        f.write_str(&self.summary())
    }
}

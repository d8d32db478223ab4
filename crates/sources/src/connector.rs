//! From the catalog to a live source.

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use puente_domain::{
    Name,
    catalog::{Origin, SourceKind, ToolRecord},
};
use serde_json::{Map, Value};

use crate::{Egress, Finding, Source, SourceError, Synced, ToolSettings};

/// A source from the catalog, its secrets already put in: never log it.
#[derive(Clone)]
pub struct Definition {
    /// The source's name.
    pub name: Name,
    /// Who wrote it; decides what it may reach.
    pub origin: Origin,
    /// What depends on the kind, references to secrets resolved.
    pub settings: Map<String, Value>,
    /// The same settings as the catalog has them, references unresolved: what may be shown.
    pub written: Map<String, Value>,
    /// Its tools: what depends on the kind is in `settings`, the rest in [`ToolSettings`].
    pub tools: Vec<(ToolRecord, ToolSettings)>,
    /// Where connections may go.
    pub egress: Arc<Egress>,
}

impl fmt::Debug for Definition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Definition").field("name", &self.name).field("tools", &self.tools.len()).finish_non_exhaustive()
    }
}

/// A kind of source.
#[async_trait]
pub trait Connector: Send + Sync + 'static {
    /// Which kind.
    fn kind(&self) -> SourceKind;

    /// Checks what can be checked without the system: fields, types, placeholders, reach of [`Origin::Editor`].
    /// Settings may still hold references to secrets.
    fn check(&self, definition: &Definition) -> Vec<Finding>;

    /// Checks against the system itself: SQL that does not prepare is a finding. A system that cannot be reached is one
    /// finding that is not fatal.
    async fn verify(&self, definition: &Definition) -> Vec<Finding>;

    /// Makes the source. Returns at once; a system that is down is tried again in the background, and its offer changes
    /// when it answers.
    ///
    /// # Errors
    /// [`SourceError::Definition`] if the definition can never work.
    fn connect(&self, definition: Definition) -> Result<Arc<dyn Source>, SourceError>;

    /// Reads the system's schema and proposes a catalog entry for review, as YAML (`puente source draft`).
    async fn draft(&self, definition: &Definition) -> Result<String, SourceError>;

    /// Reads the system's description again, and says what that changes in the source's tools (`puente source sync`).
    /// Edits of the catalog stay: what it returns is merged into them.
    async fn sync(&self, definition: &Definition) -> Result<Synced, SourceError> {
        let kind = self.kind().as_str();
        let message = format!("'{}' has no description that it could follow: its type is {kind}", definition.name);
        Err(SourceError::Definition(message))
    }

    /// The names of `settings` that hold secrets: never returned by the API, lost when the host changes. `headers.*` is
    /// each of `headers` whose name says that it is a secret; `url` and `document` are URLs that may hold one.
    fn secret_settings(&self) -> &'static [&'static str];
}

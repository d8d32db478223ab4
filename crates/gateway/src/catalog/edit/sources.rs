//! Sources, one at a time.

use puente_domain::{
    Name, SourceId,
    catalog::{Origin, SourceKind, SourceRecord},
};
use puente_storage::{Transaction, Versioned};
use serde_json::{Map, Value};

use super::{check_clashes, tools_of};
use crate::{
    Action, Actor, Error, Gateway, Result,
    admin::edit::at_version,
    catalog::moved::{forget, moved},
};

/// A source that is to be.
#[derive(Clone, Debug, PartialEq)]
pub struct NewSource {
    /// Unique.
    pub name: Name,
    /// How it speaks.
    pub kind: SourceKind,
    /// For people.
    pub description: String,
    /// Everything that depends on the kind; secrets as references.
    pub settings: Map<String, Value>,
    /// A disabled source offers nothing.
    pub enabled: bool,
}

/// What is to be different; `None` stays as it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SourceChange {
    /// For people.
    pub description: Option<String>,
    /// All of the settings.
    pub settings: Option<Map<String, Value>>,
    /// Whether it is used.
    pub enabled: Option<bool>,
}

impl Gateway {
    /// Adds a source. What is wrong with it is found before it is saved; a system that is down is no reason against it.
    pub async fn create_source(&self, actor: &Actor, new: NewSource) -> Result<SourceRecord> {
        self.allow(actor, Action::EditCatalog, "sources/create", new.name.as_str()).await?;
        let now = self.clock.now();
        let NewSource { name, kind, description, settings, enabled } = new;
        let record = SourceRecord {
            id: SourceId::new(),
            name,
            kind,
            description,
            settings,
            origin: Origin::Editor,
            enabled,
            created_at: now,
            updated_at: now,
            version: 1,
        };
        let secrets = self.load_secrets(&mut *self.storage.read().await?).await?;
        self.check_edit(&record, &[], &secrets).await?;
        let mut edit = self.edit(actor, Versioned::Catalog).await?;
        edit.catalog().add_source(&record).await?;
        let name = record.name.to_string();
        edit.save("sources/create", &name, None).await?;
        Ok(record)
    }

    /// Changes a source at the version its editor saw. With other settings it is the editor's from then on; if it
    /// connects elsewhere, its stored secrets are deleted and must be given again.
    pub async fn update_source(
        &self,
        actor: &Actor,
        name: &str,
        change: SourceChange,
        seen: Option<i64>,
    ) -> Result<SourceRecord> {
        self.allow(actor, Action::EditCatalog, "sources/update", name).await?;
        let (before, tools, stored) = {
            let mut transaction = self.storage.read().await?;
            let before = find(&mut *transaction, name).await?;
            let tools = tools_of(&mut *transaction, before.id).await?;
            (before, tools, self.load_secrets(&mut *transaction).await?)
        };
        at_version(seen, before.version, "source")?;
        let after = SourceRecord { updated_at: self.clock.now(), ..changed(&before, change) };
        // Before anything is connected: what belongs to the place before is not told to another one.
        let moves = moved(&before, &after);
        let secrets = if moves { stored.without(&after.name) } else { stored };
        self.check_edit(&after, &tools, &secrets).await?;
        let mut edit = self.edit(actor, Versioned::Catalog).await?;
        edit.catalog().update_source(&after).await?;
        if after.enabled && !before.enabled {
            check_clashes(&mut *edit).await?;
        }
        let lost = if moves { forget(&mut *edit, &after.name).await? } else { 0 };
        let detail = (lost > 0).then(|| format!("it connects elsewhere: {lost} secrets were deleted"));
        edit.save("sources/update", name, detail).await?;
        Ok(SourceRecord { version: after.version + 1, ..after })
    }

    /// Deletes a source with all it offers, and its secrets.
    pub async fn delete_source(&self, actor: &Actor, name: &str, seen: Option<i64>) -> Result<()> {
        self.allow(actor, Action::EditCatalog, "sources/delete", name).await?;
        let mut edit = self.edit(actor, Versioned::Catalog).await?;
        let source = find(&mut *edit, name).await?;
        at_version(seen, source.version, "source")?;
        edit.catalog().remove_source(source.id).await?;
        forget(&mut *edit, &source.name).await?;
        edit.save("sources/delete", name, None).await
    }
}

pub(in crate::catalog) async fn find(transaction: &mut dyn Transaction, name: &str) -> Result<SourceRecord> {
    transaction.catalog().source_by_name(name).await?.ok_or_else(|| Error::not_found("source", name))
}

/// With settings that a system's own description calls for: what the operator has said stays the operator's.
pub(in crate::catalog) fn with_settings(
    before: &SourceRecord,
    settings: Map<String, Value>,
    actor: &Actor,
) -> SourceRecord {
    let by_operator = actor.is_operator() && before.origin == Origin::Operator;
    let origin = if settings == before.settings || by_operator { before.origin } else { Origin::Editor };
    SourceRecord { settings, origin, ..before.clone() }
}

fn changed(before: &SourceRecord, change: SourceChange) -> SourceRecord {
    let settings = change.settings.unwrap_or_else(|| before.settings.clone());
    let origin = if settings == before.settings { before.origin } else { Origin::Editor };
    SourceRecord {
        description: change.description.unwrap_or_else(|| before.description.clone()),
        enabled: change.enabled.unwrap_or(before.enabled),
        settings,
        origin,
        ..before.clone()
    }
}

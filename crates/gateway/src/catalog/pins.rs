//! What an upstream server's tools were when they were accepted, and what they are now.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use puente_domain::{
    SourceId,
    catalog::{SourceRecord, ToolPin},
};
use puente_sources::{Offer, Source, SourceError};
use puente_storage::Versioned;

use super::live::LiveSource;
use crate::{Action, Actor, Error, Gateway, Result};

/// How long a server may take to say what it offers.
const PATIENCE: Duration = Duration::from_mins(1);
/// Who accepted what was there when a source was connected for the first time.
const FIRST_SIGHT: &str = "first sight";

/// How a tool differs from what was accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PinChange {
    /// It was not there.
    Added,
    /// Its description or its schemas are others.
    Changed,
    /// It is not there any more.
    Removed,
}

/// A tool that differs from what was accepted. Definitions are JSON with sorted members.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PinDiff {
    /// The tool, by the upstream's own name.
    pub tool: String,
    /// How it differs.
    pub change: PinChange,
    /// What was accepted.
    pub accepted: Option<String>,
    /// What is offered now.
    pub offered: Option<String>,
}

impl Gateway {
    /// The tools of an upstream server that are not what was accepted, by name.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Source`] if the server does not answer.
    pub async fn source_diff(&self, actor: &Actor, name: &str) -> Result<Vec<PinDiff>> {
        self.allow(actor, Action::ReadCatalog, "sources/diff", name).await?;
        let (source, pins) = self.pinned(name).await?;
        let offer = self.present_offer(&source).await?;
        Ok(diff(&pins, &offer.definitions))
    }

    /// Accepts the present definitions of these tools of an upstream server, or of all; returns what was different.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a source or a tool; [`Error::Source`] if the server does not answer.
    pub async fn source_accept(&self, actor: &Actor, name: &str, tools: &[String]) -> Result<Vec<PinDiff>> {
        self.allow(actor, Action::EditCatalog, "sources/accept", name).await?;
        let (source, pins) = self.pinned(name).await?;
        let offer = self.present_offer(&source).await?;
        for tool in tools {
            if !offer.definitions.contains_key(tool) && !pins.iter().any(|pin| pin.tool == *tool) {
                return Err(Error::not_found("tool", format!("{name}.{tool}")));
            }
        }
        let mut changes = diff(&pins, &offer.definitions);
        changes.retain(|change| tools.is_empty() || tools.contains(&change.tool));
        let mut edit = self.edit(actor, Versioned::Catalog).await?;
        for change in &changes {
            match &change.offered {
                Some(definition) => {
                    let pin = self.pin(source.id, &change.tool, definition, &actor.principal.name);
                    edit.pins().put(&pin).await?;
                }
                None => drop(edit.pins().remove(source.id, &change.tool).await?),
            }
        }
        let names: Vec<&str> = changes.iter().map(|change| change.tool.as_str()).collect();
        edit.save("sources/accept", name, Some(names.join(", "))).await?;
        Ok(changes)
    }

    /// Accepts everything that a source offers when nothing of it was accepted before: an administrator just connected
    /// it, and there is nothing to compare it with.
    pub(crate) async fn accept_at_first_sight(&self, source: &LiveSource) {
        let Ok(connection) = &source.connection else { return };
        let offer = connection.source.offer();
        if !source.is_first_sight() || offer.definitions.is_empty() {
            return;
        }
        match self.pin_all(source.record.id, &offer).await {
            Ok(()) => {
                tracing::info!(source = %source.record.name, tools = offer.definitions.len(), "accepted at first sight");
            }
            Err(error) => tracing::error!(
                source = %source.record.name, error = &error as &dyn std::error::Error, "tools could not be pinned"
            ),
        }
    }

    async fn pin_all(&self, source: SourceId, offer: &Offer) -> Result<()> {
        let mut transaction = self.storage.write().await?;
        // Another process may have been faster.
        if !transaction.pins().of(source).await?.is_empty() {
            return Ok(());
        }
        transaction.versions().bump(Versioned::Catalog).await?;
        for (tool, definition) in &offer.definitions {
            transaction.pins().add(&self.pin(source, tool, definition, FIRST_SIGHT)).await?;
        }
        transaction.save().await?;
        Ok(())
    }

    fn pin(&self, source: SourceId, tool: &str, definition: &str, by: &str) -> ToolPin {
        ToolPin {
            source,
            tool: tool.to_owned(),
            definition: definition.to_owned(),
            accepted_by: by.to_owned(),
            accepted_at: self.clock.now(),
        }
    }

    async fn pinned(&self, name: &str) -> Result<(SourceRecord, Vec<ToolPin>)> {
        let mut transaction = self.storage.read().await?;
        let source = transaction.catalog().source_by_name(name).await?;
        let source = source.ok_or_else(|| Error::not_found("source", name))?;
        let pins = transaction.pins().of(source.id).await?;
        Ok((source, pins))
    }

    /// What a source offers now: of the connected one, or, on the command line, of one that is connected for this.
    async fn present_offer(&self, source: &SourceRecord) -> Result<Arc<Offer>> {
        let live = self.catalog.load().sources.iter().find(|live| live.record.id == source.id).cloned();
        if let Some(Ok(connection)) = live.as_ref().map(|live| &live.connection) {
            return first_offer(&*connection.source, source).await;
        }
        let (connector, definition) = self.definition(source.name.as_str()).await?;
        let connected = connector.connect(definition)?;
        let offer = first_offer(&*connected, source).await;
        connected.close().await;
        offer
    }
}

async fn first_offer(connected: &dyn Source, source: &SourceRecord) -> Result<Arc<Offer>> {
    let mut changes = connected.changes();
    let offered = async {
        loop {
            let offer = connected.offer();
            if !offer.provisional || changes.changed().await.is_err() {
                return offer;
            }
        }
    };
    let silent = |_| SourceError::Unavailable {
        name: source.name.to_string(),
        message: "the server does not say what it offers".to_owned(),
        cause: None,
    };
    Ok(tokio::time::timeout(PATIENCE, offered).await.map_err(silent)?)
}

fn diff(pins: &[ToolPin], offered: &BTreeMap<String, String>) -> Vec<PinDiff> {
    let mut found = BTreeMap::new();
    for (tool, definition) in offered {
        let accepted = pins.iter().find(|pin| pin.tool == *tool).map(|pin| pin.definition.clone());
        if accepted.as_ref() != Some(definition) {
            let change = if accepted.is_some() { PinChange::Changed } else { PinChange::Added };
            let diff = PinDiff { tool: tool.clone(), change, accepted, offered: Some(definition.clone()) };
            found.insert(tool.clone(), diff);
        }
    }
    for pin in pins.iter().filter(|pin| !offered.contains_key(&pin.tool)) {
        let diff = PinDiff {
            tool: pin.tool.clone(),
            change: PinChange::Removed,
            accepted: Some(pin.definition.clone()),
            offered: None,
        };
        found.insert(pin.tool.clone(), diff);
    }
    found.into_values().collect()
}

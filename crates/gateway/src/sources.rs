//! Looking after connected sources: health, test, draft.

use std::{sync::Arc, time::Duration};

use puente_domain::{
    Name,
    catalog::{SourceKind, SourceRecord, ToolRecord},
};
use puente_sources::{Checked, Connector, Definition, Source};

use crate::{
    Action, Actor, CircuitHealth, CircuitState, Error, Gateway, Result,
    catalog::{define, live::LiveSource},
};

/// How long a system may take to answer a test.
const TEST: Duration = Duration::from_secs(10);

/// How a source is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceState {
    /// It offers something.
    Ready,
    /// It has not offered anything yet: its system may be down.
    Waiting,
    /// Its last calls failed; it is left alone for a while, or tried by the next one.
    Failing,
    /// It cannot work as it is defined; why.
    Broken(String),
    /// It is not to be used.
    Disabled,
}

/// How a source is, and what it offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceHealth {
    /// Its name.
    pub name: Name,
    /// How it speaks.
    pub kind: SourceKind,
    /// How it is.
    pub state: SourceState,
    /// How many tools it offers.
    pub tools: usize,
    /// What keeps some of the catalog from being offered.
    pub problems: Vec<String>,
    /// How its calls have gone in this process; `None` if it is not connected.
    pub circuit: Option<CircuitHealth>,
}

impl Gateway {
    /// How every source of a started gateway is, by name. Asks no system.
    ///
    /// # Errors
    /// [`Error::Refused`].
    pub async fn sources_health(&self, actor: &Actor) -> Result<Vec<SourceHealth>> {
        self.allow(actor, Action::ReadCatalog, "sources/health", "").await?;
        let catalog = self.catalog.load();
        let live = |record: &SourceRecord| catalog.sources.iter().find(|source| source.record.id == record.id);
        Ok(catalog.rows.catalog.sources.iter().map(|record| health(record, live(record))).collect())
    }

    /// Asks the system behind a source whether it is there.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Invalid`] if its definition cannot work, [`Error::Source`] if the system does not
    /// answer.
    pub async fn source_test(&self, actor: &Actor, name: &str) -> Result<Checked> {
        self.allow(actor, Action::EditCatalog, "sources/test", name).await?;
        let live = self.catalog.load().sources.iter().find(|source| source.record.name.as_str() == name).cloned();
        if let Some(Ok(connection)) = live.as_ref().map(|source| &source.connection) {
            return Ok(connection.source.test(TEST).await?);
        }
        let (connector, definition) = self.definition(name).await?;
        let source: Arc<dyn Source> = connector.connect(definition)?;
        let checked = source.test(TEST).await;
        source.close().await;
        Ok(checked?)
    }

    /// Reads the schema behind a source of the catalog and proposes tools for it, as a catalog file for review.
    ///
    /// # Errors
    /// See [`Gateway::source_test`].
    pub async fn source_draft(&self, actor: &Actor, name: &str) -> Result<String> {
        self.allow(actor, Action::EditCatalog, "sources/draft", name).await?;
        let (connector, definition) = self.definition(name).await?;
        Ok(connector.draft(&Definition { tools: Vec::new(), ..definition }).await?)
    }

    /// A source as its connector gets it, with the tools that are offered.
    pub(crate) async fn definition(&self, name: &str) -> Result<(Arc<dyn Connector>, Definition)> {
        self.definition_of(name, |tool| tool.enabled).await
    }

    /// A source as its connector gets it, with these of its tools.
    pub(crate) async fn definition_of(
        &self,
        name: &str,
        wanted: impl Fn(&ToolRecord) -> bool,
    ) -> Result<(Arc<dyn Connector>, Definition)> {
        let mut transaction = self.storage.read().await?;
        let record = transaction.catalog().source_by_name(name).await?;
        let record = record.ok_or_else(|| Error::not_found("source", name))?;
        let rows = transaction.catalog().load().await?;
        let tools: Vec<_> = rows.tools.into_iter().filter(|tool| tool.source == record.id && wanted(tool)).collect();
        let secrets = self.load_secrets(&mut *transaction).await?;
        drop(transaction);
        let connector = self.connectors.get(&record.kind).cloned().ok_or_else(|| {
            Error::invalid("type", format!("this Puente has no sources of type {}", record.kind.as_str()))
        })?;
        let (defined, problems) = define(&record, &tools, &secrets, &self.egress);
        match defined {
            Ok(defined) => Ok((connector, defined.definition)),
            Err(_) => Err(Error::invalid_all(problems)),
        }
    }
}

fn health(record: &SourceRecord, live: Option<&Arc<LiveSource>>) -> SourceHealth {
    let offered = live.and_then(|live| live.offered());
    let (tools, problems) = offered.map_or((0, Vec::new()), |offered| (offered.tools.len(), offered.problems.clone()));
    let circuit = live.and_then(|live| Some(live.connection.as_ref().ok()?.circuit.health()));
    let state = match live.map(|live| &live.connection) {
        None if record.enabled => SourceState::Waiting,
        None => SourceState::Disabled,
        Some(Err(problem)) => SourceState::Broken(problem.clone()),
        Some(Ok(connection)) if is_empty(&*connection.source) => SourceState::Waiting,
        Some(Ok(_)) if circuit.as_ref().is_some_and(|circuit| circuit.state != CircuitState::Closed) => {
            SourceState::Failing
        }
        Some(Ok(_)) => SourceState::Ready,
    };
    SourceHealth { name: record.name.clone(), kind: record.kind, state, tools, problems, circuit }
}

fn is_empty(source: &dyn Source) -> bool {
    let offer = source.offer();
    offer.tools.is_empty() && offer.resources.is_empty() && offer.templates.is_empty() && offer.prompts.is_empty()
}

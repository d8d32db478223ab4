//! The handlers of a process, by kind.

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use puente_domain::{
    JobId, Timestamp,
    job::{JobRecord, ScheduleRecord},
};
use puente_storage::{StorageError, Transaction};

use crate::{Cron, GaveUp, Job, JobError, JobHandler, PushOptions, QueueError, Run, queue::record};

/// A handler that takes its job as it is stored.
#[async_trait]
pub(crate) trait Erased: Send + Sync {
    async fn run(&self, payload: &str, run: &Run) -> Result<(), JobError>;
    async fn gave_up(&self, payload: &str, why: &GaveUp, tx: &mut dyn Transaction) -> Result<(), StorageError>;
}

struct Typed<H>(H);

#[async_trait]
impl<H: JobHandler> Erased for Typed<H> {
    async fn run(&self, payload: &str, run: &Run) -> Result<(), JobError> {
        let job = serde_json::from_str(payload)
            .map_err(|error| JobError::permanent(format!("the job's payload is not understood: {error}")))?;
        self.0.run(job, run).await
    }

    async fn gave_up(&self, payload: &str, why: &GaveUp, tx: &mut dyn Transaction) -> Result<(), StorageError> {
        match serde_json::from_str(payload) {
            Ok(job) => self.0.gave_up(job, why, tx).await,
            Err(_) => Ok(()),
        }
    }
}

/// A recurring job.
#[derive(Clone)]
pub(crate) struct Recurring {
    pub(crate) cron: Cron,
    pub(crate) template: JobRecord,
}

impl Recurring {
    /// As it is registered; `None` for a rule that never comes.
    pub(crate) fn schedule(&self, name: &str, now: Timestamp) -> Option<ScheduleRecord> {
        let next_at = self.cron.next(now)?;
        Some(ScheduleRecord { name: name.to_owned(), cron: self.cron.to_string(), next_at })
    }

    /// The job of now.
    pub(crate) fn job(&self, now: Timestamp) -> JobRecord {
        JobRecord { id: JobId::new(), run_at: now, created_at: now, ..self.template.clone() }
    }
}

/// What a process can do, and what comes by itself.
#[derive(Clone, Default)]
pub struct Handlers {
    by_kind: BTreeMap<&'static str, Arc<dyn Erased>>,
    recurring: BTreeMap<String, Recurring>,
}

impl Handlers {
    /// Adds a handler.
    ///
    /// # Panics
    /// If there is one for its kind already.
    #[must_use]
    pub fn with<H: JobHandler>(mut self, handler: H) -> Self {
        let before = self.by_kind.insert(H::Job::KIND, Arc::new(Typed(handler)));
        assert!(before.is_none(), "two handlers for jobs of kind '{}'", H::Job::KIND);
        self
    }

    /// Adds a handler whose job comes by itself, over all processes once at each moment of the rule. Moments that passed
    /// while nobody ran are made up for by one job.
    ///
    /// # Errors
    /// If the job cannot be written as JSON.
    ///
    /// # Panics
    /// If there is a handler for its kind already.
    pub fn every<H: JobHandler>(self, cron: Cron, job: &H::Job, handler: H) -> Result<Self, QueueError> {
        let mut template = record(job, &PushOptions::default(), Timestamp::from_micros(0))?;
        template.unique_key.get_or_insert_with(|| format!("schedule:{}", H::Job::KIND));
        let mut handlers = self.with(handler);
        handlers.recurring.insert(H::Job::KIND.to_owned(), Recurring { cron, template });
        Ok(handlers)
    }

    pub(crate) fn kinds(&self) -> Vec<&'static str> {
        self.by_kind.keys().copied().collect()
    }

    pub(crate) fn get(&self, kind: &str) -> Option<&Arc<dyn Erased>> {
        self.by_kind.get(kind)
    }

    pub(crate) const fn recurring(&self) -> &BTreeMap<String, Recurring> {
        &self.recurring
    }
}

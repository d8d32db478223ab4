//! Executing tasks whose process is gone.

use std::sync::Weak;

use async_trait::async_trait;
use puente_queue::{GaveUp, JobError, JobHandler, Run};
use puente_storage::{StorageError, Transaction};

use crate::{Gateway, tasks::RunTask};

/// The handler of [`RunTask`].
pub struct TaskRunner(pub Weak<Gateway>);

#[async_trait]
impl JobHandler for TaskRunner {
    type Job = RunTask;

    async fn run(&self, job: RunTask, run: &Run) -> Result<(), JobError> {
        let gateway = self.0.upgrade().ok_or_else(|| JobError::transient("the process is ending"))?;
        gateway.run_task(job, run).await
    }

    async fn gave_up(&self, job: RunTask, why: &GaveUp, tx: &mut dyn Transaction) -> Result<(), StorageError> {
        let Some(gateway) = self.0.upgrade() else { return Ok(()) };
        gateway.task_gave_up(&job, why, tx).await
    }
}

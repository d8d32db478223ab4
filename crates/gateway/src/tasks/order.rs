//! What another replica needs to start a task anew.

use std::sync::Arc;

use puente_auth::Vault;
use puente_domain::{FamilyId, Subject, TaskId};
use puente_mcp::{Client, ClientCapabilities, Era, InputMode, Inputs};
use puente_queue::{Job, priority};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::sealed::Part;
use crate::{Caller, work::Work};

/// Executes a task. Its job has the task's id.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RunTask {
    pub(super) task: TaskId,
    /// An [`Order`]. Sealed, because arguments are the caller's business and administrators can read jobs.
    pub(super) sealed: String,
}

impl Job for RunTask {
    const KIND: &'static str = "task";
    const PRIORITY: i64 = priority::HIGH;
    /// At most once, where nothing else is said.
    const MAX_ATTEMPTS: u32 = 1;
}

/// A call.
#[derive(Serialize, Deserialize)]
pub(super) struct Order {
    pub(super) subject: Subject,
    /// Of the OAuth client that calls for the subject.
    pub(super) connection: Option<FamilyId>,
    pub(super) server: String,
    /// `source.tool`.
    pub(super) tool: String,
    pub(super) arguments: Map<String, Value>,
    responses: std::collections::BTreeMap<String, Value>,
    state: Option<Value>,
    capabilities: ClientCapabilities,
    client: String,
    pub(super) request_id: String,
}

impl Order {
    pub(super) fn new(caller: &Caller, work: &Work) -> Self {
        Self {
            subject: work.principal.subject,
            connection: work.principal.connection,
            server: caller.server.to_string(),
            tool: work.tool.address.to_string(),
            arguments: work.arguments.clone(),
            responses: work.inputs.responses.clone(),
            state: work.inputs.state.clone(),
            capabilities: (*work.client.capabilities).clone(),
            client: work.client.info.to_string(),
            request_id: caller.actor.request_id.to_string(),
        }
    }

    pub(super) fn seal(&self, vault: &Vault, task: TaskId) -> Result<RunTask, serde_json::Error> {
        Ok(RunTask { task, sealed: Part::Order.seal(vault, task, self)? })
    }

    /// `None` if this process has not the key.
    pub(super) fn open(vault: &Vault, job: &RunTask) -> Option<Self> {
        Part::Order.open(vault, job.task, &job.sealed)
    }

    /// Its client: one that can be asked in rounds, and hears nothing in between.
    pub(super) fn client(&self) -> Client {
        let capabilities = Arc::new(self.capabilities.clone());
        Client::new(Era::Modern, InputMode::Rounds, capabilities, self.client.as_str().into(), None)
    }

    pub(super) fn inputs(&self) -> Inputs {
        Inputs { responses: self.responses.clone(), state: self.state.clone() }
    }
}

//! What lies in the rows of tasks: sealed, because questions, answers and results are their caller's business.

use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use puente_auth::Vault;
use puente_domain::TaskId;
use serde::{Serialize, de::DeserializeOwned};

/// Which part of a task something is; bound to what is sealed.
#[derive(Clone, Copy)]
pub(super) enum Part {
    Order,
    State,
    Answers,
}

impl Part {
    fn context(self, task: TaskId) -> String {
        match self {
            Self::Order => format!("task:{task}"),
            Self::State => format!("task-state:{task}"),
            Self::Answers => format!("task-answers:{task}"),
        }
    }

    pub(super) fn seal(self, vault: &Vault, task: TaskId, value: &impl Serialize) -> serde_json::Result<String> {
        Ok(STANDARD_NO_PAD.encode(vault.seal(&self.context(task), &serde_json::to_vec(value)?)))
    }

    /// `None` if this process has not the key, or it is something else.
    pub(super) fn open<T: DeserializeOwned>(self, vault: &Vault, task: TaskId, sealed: &str) -> Option<T> {
        let plain = vault.open(&self.context(task), &STANDARD_NO_PAD.decode(sealed).ok()?)?;
        serde_json::from_slice(&plain).ok()
    }
}

//! What a task asks its client. The answers may come to any replica: they are in the row.

use std::{collections::BTreeMap, time::Duration};

use puente_bus::Hint;
use puente_domain::task::{TaskRecord, TaskStatus};
use puente_mcp::InputRequired;
use rmcp::model::TaskPayload;
use serde_json::Value;

use super::{requests::answers, state::log};
use crate::Gateway;

/// How often the row is looked at when no hint comes.
const POLL: Duration = Duration::from_secs(1);

impl Gateway {
    /// Puts questions to the client and waits for all answers; `None` if the task ended meanwhile.
    pub(super) async fn ask(
        &self,
        record: &mut TaskRecord,
        required: InputRequired,
    ) -> Option<BTreeMap<String, Value>> {
        if required.requests.is_empty() {
            return Some(BTreeMap::new());
        }
        let mut hints = self.bus.subscribe();
        if !self.put_state(record, &TaskPayload::InputRequired { input_requests: required.requests }).await {
            return None;
        }
        loop {
            let changed = async {
                loop {
                    match hints.recv().await {
                        Ok(Hint::TaskChanged { task, .. }) if task == record.id => return,
                        Ok(Hint::Interrupted) => return,
                        Ok(_) => {}
                        Err(_) => tokio::time::sleep(POLL).await,
                    }
                }
            };
            // Elapsing is as good as a hint.
            let _ = tokio::time::timeout(POLL, changed).await;
            let read = async { self.storage.read().await?.tasks().by_id(record.id).await };
            match read.await {
                Ok(Some(now)) if now.status == TaskStatus::InputRequired => {}
                Ok(Some(now)) if now.status == TaskStatus::Working => {
                    return answers(&self.vault, &now);
                }
                Ok(_) => return None,
                Err(error) => log(record.id, &error),
            }
        }
    }
}

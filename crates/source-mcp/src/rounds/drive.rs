//! A request under way: passes on what comes until there is an answer, or a question.

use std::{collections::BTreeMap, time::Duration};

use puente_mcp::{Client, Era, envelope::OwnedId};
use rmcp::model::{ErrorCode, ErrorData, InputRequest};
use serde_json::{Value, json, value::RawValue};
use tokio::time::timeout;

use crate::{
    error::LinkError,
    link::Exchange,
    pool::Lease,
    wire::{Incoming, Note},
};

/// How long an upstream must be silent before its questions are taken to be all.
const GATHER: Duration = Duration::from_millis(25);
/// How many questions one round may have.
const MAX_QUESTIONS: usize = 32;

/// A request that was sent. Dropping it gives it up.
pub(crate) struct Running {
    // Before the lease: what is given up is given up on a session that is still ours.
    exchange: Exchange,
    lease: Lease,
    questions: Vec<Question>,
    /// Names questions over all rounds.
    asked: usize,
}

struct Question {
    key: String,
    id: OwnedId,
    request: InputRequest,
}

/// Where a request stops.
pub(super) enum Step {
    /// The result.
    Answer(Box<RawValue>),
    /// What the upstream wants to know, by key.
    Asked(BTreeMap<String, InputRequest>),
}

impl Running {
    pub(super) const fn new(exchange: Exchange, lease: Lease) -> Self {
        Self { exchange, lease, questions: Vec::new(), asked: 0 }
    }

    pub(super) fn era(&self) -> Era {
        self.lease.session.era()
    }

    /// The questions that `responses` leave open; hostile input.
    pub(super) fn unanswered(&self, responses: &BTreeMap<String, Value>) -> BTreeMap<String, InputRequest> {
        let open = self.questions.iter().filter(|question| !responses.contains_key(&question.key));
        open.map(|question| (question.key.clone(), question.request.clone())).collect()
    }

    /// Passes the client's answers on.
    pub(super) async fn answer(mut self, responses: &BTreeMap<String, Value>) -> Result<Self, LinkError> {
        for question in std::mem::take(&mut self.questions) {
            let nothing = Value::Null;
            let response = responses.get(&question.key).unwrap_or(&nothing);
            self.exchange.answer(&question.id, Ok(response)).await?;
        }
        Ok(self)
    }

    pub(super) async fn drive(&mut self, client: &Client) -> Result<Step, LinkError> {
        loop {
            let next = if self.questions.is_empty() {
                self.exchange.next().await
            } else {
                match timeout(GATHER, self.exchange.next()).await {
                    Ok(next) => next,
                    Err(_) => return Ok(self.step()),
                }
            };
            match next? {
                Incoming::Answer { outcome, .. } => return outcome.map(Step::Answer).map_err(LinkError::Rpc),
                Incoming::Note(note) => pass_on(note, client),
                Incoming::Request { id, method, params } => self.question(id, &method, &params).await?,
            }
            if self.questions.len() >= MAX_QUESTIONS {
                return Ok(self.step());
            }
        }
    }

    fn step(&self) -> Step {
        Step::Asked(self.unanswered(&BTreeMap::new()))
    }

    async fn question(&mut self, id: OwnedId, method: &str, params: &Value) -> Result<(), LinkError> {
        if method == "ping" {
            return self.exchange.answer(&id, Ok(&json!({}))).await;
        }
        let params = if params.is_null() { json!({}) } else { params.clone() };
        if let Ok(request) = serde_json::from_value(json!({ "method": method, "params": params })) {
            self.asked += 1;
            self.questions.push(Question { key: format!("q{}", self.asked), id, request });
            return Ok(());
        }
        let message = format!("{method} cannot be passed on to the client");
        let error = ErrorData::new(ErrorCode::METHOD_NOT_FOUND, message, None);
        self.exchange.answer(&id, Err(&error)).await
    }
}

/// Progress and messages go to the client under its own token and by its own level.
fn pass_on(note: Note, client: &Client) {
    match note {
        Note::Progress { progress, total, message, .. } => client.progress(progress, total, message),
        Note::Log { level, logger, data } => client.log(level, logger.as_deref(), data),
        _ => {}
    }
}

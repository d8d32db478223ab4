//! DELETE: the client ends its legacy session.

use axum::response::{IntoResponse, Response};
use http::{StatusCode, request::Parts};

use super::{McpHttp, answer::SESSION, not_allowed};
use crate::Handler;

impl<H: Handler> McpHttp<H> {
    pub(super) async fn delete(&self, caller: &H::Caller, parts: &Parts) -> Response {
        if !parts.headers.contains_key(SESSION) {
            // Revision 2026-07-28: there are no sessions, hence nothing to delete.
            return not_allowed("POST");
        }
        match self.named_session(caller, parts).await {
            Err(refused) => refused.into_response(),
            Ok(session) => {
                self.0.sessions.remove(&session).await;
                StatusCode::NO_CONTENT.into_response()
            }
        }
    }
}

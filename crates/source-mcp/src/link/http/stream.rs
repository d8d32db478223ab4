//! What a legacy upstream tells on the stream of a GET.

use serde_json::json;

use super::{HttpLink, body, body::Stream};
use crate::{
    error::LinkError,
    link::{Events, General, SMALL},
    wire::{self, Incoming, Note},
};
use puente_mcp::envelope::OwnedId;
use rmcp::model::{ErrorCode, ErrorData};

/// Reads the session's stream until it ends. An upstream without one answers 405, which is an error here.
pub(crate) async fn listen(link: &HttpLink, events: &Events) -> Result<(), LinkError> {
    let response = link.get(None).await?;
    if !body::is_stream(response.headers()) {
        return Err(LinkError::garbage("the response to GET is no stream of events"));
    }
    let mut stream = Stream::new(response.into_body(), SMALL);
    while let Some(event) = stream.next().await? {
        match wire::read(&event.data) {
            Ok(Incoming::Note(Note::ListChanged)) => tell(events, General::ListChanged),
            Ok(Incoming::Note(Note::Updated(uri))) => tell(events, General::Updated(uri)),
            Ok(Incoming::Request { id, method, .. }) => refuse(link, &id, &method).await?,
            Ok(_) => {}
            Err(error) => tracing::debug!(error = &error as &dyn std::error::Error, "an event that is not MCP"),
        }
    }
    Ok(())
}

pub(crate) fn tell(events: &Events, event: General) {
    // A full queue already says that much changed.
    let _ = events.try_send(event);
}

/// What is asked outside of a call has nobody to answer it.
async fn refuse(link: &HttpLink, id: &OwnedId, method: &str) -> Result<(), LinkError> {
    let message = if method == "ping" {
        wire::answer(id, Ok(&json!({})))
    } else {
        let reason = "nobody can be asked outside of a call; send the request on the stream of the call's POST";
        wire::answer(id, Err(&ErrorData::new(ErrorCode::METHOD_NOT_FOUND, reason, None)))
    };
    link.post_small(message).await
}

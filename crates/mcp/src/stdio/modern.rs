//! Modern requests over stdio.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::connection::Connection;
use crate::{
    Era, Handler, McpError,
    envelope::Request,
    modern::{self, Meta, Transport, headers},
    outlet::Outlet,
    tracking::Tracking,
};

type Answered = Result<Vec<u8>, (McpError, Era)>;

impl<H: Handler> Connection<H> {
    /// The answer, or the error with its era; `None` if the client cancelled the request.
    pub(super) async fn modern(&self, request: &Request<'_>) -> Option<Answered> {
        let meta = Meta::read(&request.params).and_then(|meta| headers::check_version(&meta.version).map(|()| meta));
        let meta = match meta {
            Ok(meta) => meta,
            Err(error) => return Some(Err((error, Era::Modern))),
        };
        let cancel = CancellationToken::new();
        let _registration = self.running.register(request.id.to_owned(), cancel.clone());
        let outlet: Arc<dyn Outlet> = self.outlet.clone();
        let transport = Transport {
            outlet: Some(outlet),
            header_params: None,
            tracking: Tracking::new(),
            ending: self.ending.clone(),
        };
        let answer = modern::respond(&self.service, self.caller.clone(), request, meta, transport, cancel.clone());
        tokio::select! {
            biased;
            () = cancel.cancelled() => None,
            result = answer => Some(result.map_err(|error| (error, Era::Modern))),
        }
    }
}

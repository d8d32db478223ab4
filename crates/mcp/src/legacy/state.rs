//! A peer as text, for the session store.

use std::collections::HashSet;

use rmcp::model::ClientCapabilities;
use serde::{Deserialize, Serialize};

use super::Peer;
use crate::{LoggingLevel, era::Revision, sync::lock};

#[derive(Serialize, Deserialize)]
struct State {
    info: String,
    capabilities: ClientCapabilities,
    level: LoggingLevel,
    subscriptions: HashSet<String>,
}

impl Peer {
    /// What another replica needs to go on with this client.
    pub(crate) fn to_state(&self) -> String {
        let state = State {
            info: self.info.as_ref().to_owned(),
            capabilities: (*self.capabilities).clone(),
            level: self.level(),
            subscriptions: lock(&self.subscriptions).clone(),
        };
        serde_json::to_string(&state).unwrap_or_default()
    }

    /// Takes over what can change from a state that another replica has kept, unless there is something to be kept here.
    pub(crate) fn refresh_from(&self, state: &str) {
        if let Ok(state) = serde_json::from_str::<State>(state)
            && !self.has_changed()
        {
            self.refresh(state.level, state.subscriptions);
        }
    }

    /// The peer of [`Peer::to_state`]; `None` if the text is not ours.
    pub(crate) fn from_state(protocol_version: &str, state: &str) -> Option<Self> {
        let revision = Revision::parse(protocol_version)?;
        let state: State = serde_json::from_str(state).ok()?;
        let peer = Self::new(revision, state.capabilities, state.info.into(), state.level, state.subscriptions);
        peer.take_changed();
        Some(peer)
    }
}

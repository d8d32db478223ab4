//! What an upstream may ask of whom.

use puente_mcp::{Client, ClientCapabilities, InputMode};
use rmcp::model::{ElicitationCapability, RootsCapabilities, SamplingCapability};

use crate::settings::Ask;

/// Everything that `ask` allows, as if a client could be asked for all of it.
pub(crate) fn everything(ask: &[Ask]) -> ClientCapabilities {
    let mut capabilities = ClientCapabilities::default();
    capabilities.elicitation = ask.contains(&Ask::Elicitation).then(ElicitationCapability::default);
    capabilities.sampling = ask.contains(&Ask::Sampling).then(SamplingCapability::default);
    capabilities.roots = ask.contains(&Ask::Roots).then(RootsCapabilities::default);
    capabilities
}

/// What this client can be asked for, and may be. Nothing else of what it declared is the upstream's business.
pub(crate) fn of_client(client: &Client, ask: &[Ask]) -> ClientCapabilities {
    let mut capabilities = ClientCapabilities::default();
    if client.input == InputMode::None {
        return capabilities;
    }
    let declared = &client.capabilities;
    capabilities.elicitation = declared.elicitation.clone().filter(|_| ask.contains(&Ask::Elicitation));
    capabilities.sampling = declared.sampling.clone().filter(|_| ask.contains(&Ask::Sampling));
    // Whether the client's folders changed is not passed on.
    capabilities.roots =
        declared.roots.as_ref().filter(|_| ask.contains(&Ask::Roots)).map(|_| RootsCapabilities::default());
    capabilities
}

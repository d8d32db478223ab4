//! What a source offers.

use std::collections::BTreeMap;

use rmcp::model::{Prompt, Resource, ResourceTemplate, Tool};

use crate::ToolSettings;

/// The scheme of files within a result: an embedded blob `attachment:NAME` is stored by the gateway for its caller, who
/// gets a link to it instead.
pub const ATTACHMENT: &str = "attachment:";

/// Everything that a source offers at one moment, under the source's own names. Immutable; a change is a new offer.
#[derive(Clone, Debug, Default)]
pub struct Offer {
    /// Tools.
    pub tools: Vec<ToolOffer>,
    /// Resources.
    pub resources: Vec<Resource>,
    /// Resource templates.
    pub templates: Vec<ResourceTemplate>,
    /// Prompts.
    pub prompts: Vec<Prompt>,
    /// What the system itself says of each tool, where that may change behind our back and must be accepted: JSON with
    /// sorted members, by the tool's name. Empty for systems whose tools the catalog defines.
    pub definitions: BTreeMap<String, String>,
    /// What keeps some of the catalog from being offered, in words for `doctor` and the log: `tool search: column …`.
    pub problems: Vec<String>,
    /// The system has not answered yet: this is what the catalog alone says, without what only the system knows.
    pub provisional: bool,
}

/// A tool with what the gateway must know to run it.
#[derive(Clone, Debug)]
pub struct ToolOffer {
    /// As clients see it, but under the source's own name; annotations are derived from `effect` by the gateway.
    pub tool: Tool,
    /// What it may do to the system.
    pub effect: Effect,
    /// Limits, cache and the like, from the catalog.
    pub settings: ToolSettings,
}

/// What a tool may do to its system: decides about annotations, audit intents, caching and retries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Changes nothing; the system enforces that.
    ReadOnly,
    /// Changes something.
    Write {
        /// Whether it can destroy or overwrite.
        destructive: bool,
        /// Whether a second call with the same arguments changes nothing more.
        idempotent: bool,
    },
}

impl Effect {
    /// Whether it changes nothing.
    #[must_use]
    pub const fn is_read_only(self) -> bool {
        matches!(self, Self::ReadOnly)
    }

    /// Whether it may safely run twice.
    #[must_use]
    pub const fn is_repeatable(self) -> bool {
        matches!(self, Self::ReadOnly | Self::Write { idempotent: true, .. })
    }
}

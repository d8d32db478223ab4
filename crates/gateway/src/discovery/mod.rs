//! Many tools without drowning the agent: instead of the full list, or beside it, a virtual server offers tools that
//! search, describe and call.
//!
//! They know what their caller sees (its [`View`]) and nothing else, so that nobody finds what it may not call. What
//! comes through `call_tool` is a call like every other, from its limits to its row in the audit trail.

mod definitions;
mod describe;
mod index;
mod inner;
mod search;
mod words;

pub(crate) use inner::Inner;

use std::sync::OnceLock;

use puente_domain::server::Discovery;
use puente_mcp::{CallTool, Era, ToolResult};
use serde_json::{Map, Value};

use self::{definitions::Definition, index::Index};
use crate::{
    failure::Failure,
    metrics::ToolLabels,
    view::{Listed, Shelf, View},
};

/// A tool that leads to others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Guide {
    /// `search_tools`.
    Search,
    /// `describe_tool`.
    Describe,
    /// `call_tool`.
    Call,
}

impl Guide {
    pub(crate) const ALL: [Self; 3] = [Self::Search, Self::Describe, Self::Call];

    /// What clients call it; other tools may not be called the same where there is one.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Search => "search_tools",
            Self::Describe => "describe_tool",
            Self::Call => "call_tool",
        }
    }

    /// As calls of it are counted.
    pub(crate) fn labels(self) -> ToolLabels {
        ToolLabels::new("", self.name())
    }

    /// The arguments of a call, checked.
    pub(crate) fn arguments(self, call: &CallTool<'_>) -> Result<Map<String, Value>, Failure> {
        Definition::of(self).arguments.check(call)
    }
}

/// The guides of a virtual server, as the callers of one view see them.
pub(crate) struct Guides {
    pub(crate) listed: Shelf<Guide>,
    /// Whether nothing else is listed.
    pub(crate) instead: bool,
    /// Made at the first search.
    index: OnceLock<Index>,
}

impl Guides {
    /// `None` if all tools are listed and that is enough. `changes_nothing` says whether no tool can change anything.
    pub(crate) fn new(discovery: Discovery, changes_nothing: bool) -> Option<Self> {
        if discovery == Discovery::Off {
            return None;
        }
        let listed = |guide: Guide| Listed {
            key: guide.name().to_owned(),
            json: Definition::of(guide).json(changes_nothing),
            item: guide,
        };
        Some(Self {
            listed: Shelf::new(Guide::ALL.map(listed), |_| {}),
            instead: discovery == Discovery::Instead,
            index: OnceLock::new(),
        })
    }

    /// Answers a guide that needs no source. `arguments` are checked.
    pub(crate) fn answer(
        &self,
        guide: Guide,
        view: &View,
        era: Era,
        arguments: Map<String, Value>,
    ) -> Result<ToolResult, Failure> {
        match guide {
            Guide::Search => self.search(view, arguments),
            Guide::Describe | Guide::Call => describe::describe(view, era, &arguments),
        }
    }
}

/// What an agent is told that names a tool which is not there.
pub(crate) fn unknown(name: &str) -> Failure {
    Failure::Tool {
        message: format!("there is no tool `{name}`; `search_tools` finds those that there are"),
        outcome: puente_domain::audit::Outcome::Refused,
    }
}

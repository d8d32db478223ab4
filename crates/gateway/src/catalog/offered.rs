//! What a source offers, ready for use: schemas compiled, limits set up.

use std::{collections::HashMap, sync::Arc};

use puente_sources::Offer;

use super::{
    CatalogTool,
    gate::{Gate, Verdict},
    live::Connection,
    tool_settings::Look,
};

/// An offer, ready for use.
pub(crate) struct Offered {
    pub(crate) offer: Arc<Offer>,
    pub(crate) connection: Arc<Connection>,
    pub(crate) tools: Vec<Arc<CatalogTool>>,
    /// What keeps some of it from being used: the source's problems, and what is held back.
    pub(crate) problems: Vec<String>,
}

impl Offered {
    /// Limits of tools that were there before go on counting.
    pub(crate) fn new(
        connection: &Arc<Connection>,
        looks: &HashMap<String, Look>,
        gate: &Gate,
        offer: Arc<Offer>,
        before: Option<&Self>,
    ) -> Self {
        let mut problems = offer.problems.clone();
        let mut admitted = Vec::with_capacity(offer.tools.len());
        for tool in &offer.tools {
            match gate.verdict(&tool.tool.name, &offer.definitions) {
                Verdict::Pass => admitted.push(tool),
                Verdict::Warn(problem) => {
                    problems.push(problem);
                    admitted.push(tool);
                }
                Verdict::Hold(problem) => problems.push(problem),
                Verdict::Disabled => {}
            }
        }
        for problem in &problems {
            tracing::warn!(source = %connection.name, problem, "a source does not offer all of its catalog");
        }
        let no_look = Look::default();
        let tools: Vec<_> = admitted
            .into_iter()
            .map(|tool| {
                let name = &*tool.tool.name;
                let earlier = before.and_then(|before| before.tools.iter().find(|earlier| earlier.name == name));
                let look = looks.get(name).unwrap_or(&no_look);
                Arc::new(CatalogTool::new(connection, tool, look, earlier.map(|tool| &**tool)))
            })
            .collect();
        Self { tools, problems, connection: connection.clone(), offer }
    }
}

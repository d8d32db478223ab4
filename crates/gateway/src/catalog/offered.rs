//! What a source offers, ready for use: schemas compiled, limits set up.

use std::{collections::HashMap, sync::Arc};

use puente_sources::Offer;

use super::{CatalogTool, live::Connection, tool_settings::Look};

/// An offer, ready for use.
pub(crate) struct Offered {
    pub(crate) offer: Arc<Offer>,
    pub(crate) connection: Arc<Connection>,
    pub(crate) tools: Vec<Arc<CatalogTool>>,
}

impl Offered {
    /// Limits of tools that were there before go on counting.
    pub(crate) fn new(
        connection: &Arc<Connection>,
        looks: &HashMap<String, Look>,
        offer: Arc<Offer>,
        before: Option<&Self>,
    ) -> Self {
        for problem in &offer.problems {
            tracing::warn!(source = %connection.name, problem, "a source does not offer all of its catalog");
        }
        let no_look = Look::default();
        let tools = offer.tools.iter().map(|tool| {
            let name = &*tool.tool.name;
            let earlier = before.and_then(|before| before.tools.iter().find(|earlier| earlier.name == name));
            let look = looks.get(name).unwrap_or(&no_look);
            Arc::new(CatalogTool::new(connection, tool, look, earlier.map(|tool| &**tool)))
        });
        Self { tools: tools.collect(), connection: connection.clone(), offer }
    }
}

//! Puts the offer together.

use puente_sources::{Offer, ToolOffer};

use super::Route;
use crate::output::Column;

/// What the database said about a tool's statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Prepared {
    /// Its columns; `None` if they are known only in a call.
    Columns(Option<Vec<Column>>),
    /// Why it cannot be offered.
    Refused(String),
}

/// The offer as long as the database has not answered: all tools, without a schema of their output.
pub(super) fn unprepared(routes: &[Route]) -> Offer {
    let prepared: Vec<_> = routes.iter().map(|_| Prepared::Columns(None)).collect();
    let problems = vec!["the database has not answered yet".to_owned()];
    Offer { problems, provisional: true, ..prepared_offer(routes, &prepared) }
}

/// The offer of what the database accepted.
pub(super) fn prepared_offer(routes: &[Route], prepared: &[Prepared]) -> Offer {
    let mut offer = Offer::default();
    for (route, prepared) in routes.iter().zip(prepared) {
        let tool = match prepared {
            Prepared::Columns(columns) => route.tool(columns.as_deref()),
            Prepared::Refused(problem) => Err(problem.clone()),
        };
        match tool {
            Ok(tool) => offer.tools.push(ToolOffer { tool, effect: route.effect(), settings: route.settings() }),
            Err(problem) => offer.problems.push(format!("tool {}: {problem}", route.name())),
        }
    }
    offer
}

//! Rows that the file does not name.

use puente_domain::{Name, server::VirtualServer};

use super::{Plan, Planner, Step};
use crate::catalog::apply::Change;

impl Planner<'_> {
    /// What becomes of them.
    pub(super) const fn rest(&self) -> Change {
        if self.options.prune { Change::Removed } else { Change::Kept }
    }

    /// Adds them to the plan.
    pub(super) fn add_rest(&self, plan: &mut Plan) {
        let name = |id| self.rows.catalog.sources.iter().find(|source| source.id == id).map(|source| &source.name);
        let below = |id, own: &Name| name(id).map_or_else(String::new, |source| format!("{source}.{own}"));
        let change = self.rest();
        rest(&mut plan.sources, &self.rows.catalog.sources, change, |row| row.id, |row| row.name.to_string());
        rest(&mut plan.tools, &self.rows.catalog.tools, change, |row| row.id, |row| below(row.source, &row.name));
        rest(&mut plan.prompts, &self.rows.catalog.prompts, change, |row| row.id, |row| below(row.source, &row.name));
        rest(
            &mut plan.resources,
            &self.rows.catalog.resources,
            change,
            |row| row.id,
            |row| below(row.source, &row.name),
        );
        let servers: Vec<VirtualServer> = self.rows.servers.iter().map(|(server, _)| server.clone()).collect();
        rest(&mut plan.servers, &servers, change, |row| row.id, |row| row.name.to_string());
    }
}

fn rest<T: Clone, I: PartialEq>(
    steps: &mut Vec<Step<T>>,
    rows: &[T],
    change: Change,
    id: impl Fn(&T) -> I,
    name: impl Fn(&T) -> String,
) {
    for row in rows {
        if !steps.iter().any(|step| id(&step.record) == id(row)) {
            steps.push(Step { change, record: row.clone(), fields: Vec::new(), name: name(row) });
        }
    }
}

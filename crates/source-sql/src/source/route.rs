//! From a tool's name to what runs.

use std::{borrow::Cow, sync::Arc};

use puente_sources::{Effect, ToolSettings};
use rmcp::model::{JsonObject, Tool as McpTool};
use serde_json::{Map, Value};

use crate::{
    engine::{Engine, Statement},
    explore::{self, ExplorePlan},
    output::{Column, result_schema},
    parameters::{Datum, bind, input_schema},
    plan::Tool,
};

/// A tool with the engine that runs it.
pub(super) struct Route {
    engine: Arc<dyn Engine>,
    target: Target,
}

enum Target {
    /// From the catalog.
    Tool(Box<Tool>),
    /// `list_tables` or `describe_table`.
    Schema { name: &'static str, description: &'static str, statement: Arc<Statement>, max_rows: usize },
    /// `query`.
    Query(Arc<ExplorePlan>),
}

/// The routes of a source: the catalog's tools, then those of `explore`.
pub(super) fn routes(
    tools: Vec<Tool>,
    explore: Option<ExplorePlan>,
    engine: &Arc<dyn Engine>,
    explore_engine: Option<&Arc<dyn Engine>>,
) -> Vec<Route> {
    let tool = |tool| Route { engine: Arc::clone(engine), target: Target::Tool(Box::new(tool)) };
    let mut routes: Vec<_> = tools.into_iter().map(tool).collect();
    if let (Some(plan), Some(engine)) = (explore.map(Arc::new), explore_engine) {
        let schema = |name, description, statement: &Arc<Statement>| Target::Schema {
            name,
            description,
            statement: Arc::clone(statement),
            max_rows: plan.max_rows.max(1000),
        };
        let [list, describe, _] = explore::NAMES;
        let targets = [
            schema(list, "Tables and views that can be queried.", &plan.list_tables),
            schema(describe, "Columns of a table or view, with types and keys.", &plan.describe_table),
            Target::Query(Arc::clone(&plan)),
        ];
        routes.extend(targets.map(|target| Route { engine: Arc::clone(engine), target }));
    }
    routes
}

impl Route {
    pub(super) fn name(&self) -> &str {
        match &self.target {
            Target::Tool(tool) => &tool.name,
            Target::Schema { name, .. } => name,
            Target::Query(_) => explore::NAMES[2],
        }
    }

    pub(super) fn engine(&self) -> &Arc<dyn Engine> {
        &self.engine
    }

    pub(super) const fn is_explore(&self) -> bool {
        !matches!(self.target, Target::Tool(_))
    }

    pub(super) fn max_rows(&self) -> usize {
        match &self.target {
            Target::Tool(tool) => tool.max_rows,
            Target::Schema { max_rows, .. } => *max_rows,
            Target::Query(plan) => plan.max_rows,
        }
    }

    pub(super) fn effect(&self) -> Effect {
        match &self.target {
            Target::Tool(tool) => tool.effect,
            Target::Schema { .. } | Target::Query(_) => Effect::ReadOnly,
        }
    }

    pub(super) fn settings(&self) -> ToolSettings {
        match &self.target {
            Target::Tool(tool) => tool.settings.clone(),
            Target::Schema { .. } | Target::Query(_) => ToolSettings::default(),
        }
    }

    /// The statement, if it is known before a call.
    pub(super) fn statement(&self) -> Option<&Arc<Statement>> {
        match &self.target {
            Target::Tool(tool) => Some(&tool.statement),
            Target::Schema { statement, .. } => Some(statement),
            Target::Query(_) => None,
        }
    }

    /// The statement of a call, and what is bound.
    ///
    /// # Errors
    /// For the agent: which argument is wrong.
    pub(super) fn prepare(&self, arguments: &Map<String, Value>) -> Result<(Arc<Statement>, Vec<Datum>), String> {
        if let Target::Query(plan) = &self.target {
            let sql = arguments.get("sql").and_then(Value::as_str).ok_or("argument 'sql' must be a string")?;
            return Ok((plan.query(sql)?, Vec::new()));
        }
        let statement = self.statement().ok_or("there is no statement")?;
        Ok((Arc::clone(statement), bind(&statement.parameters, arguments)?))
    }

    /// The tool as clients see it; without a schema of its output as long as the database was not asked.
    ///
    /// # Errors
    /// Columns that make no object.
    pub(super) fn tool(&self, columns: Option<&[Column]>) -> Result<McpTool, String> {
        let (description, input): (Cow<'static, str>, Arc<JsonObject>) = match &self.target {
            Target::Tool(tool) => (tool.description.clone().into(), Arc::clone(&tool.input_schema)),
            Target::Schema { description, statement, .. } => {
                ((*description).into(), Arc::new(input_schema(&statement.parameters)))
            }
            Target::Query(_) => ("Runs a query that only reads.".into(), Arc::new(explore::query_schema())),
        };
        let mut offered = McpTool::new(self.name().to_owned(), description, input);
        offered.title = self.settings().title;
        if let Some(columns) = columns {
            let none = std::collections::BTreeMap::new();
            let output = if let Target::Tool(tool) = &self.target { &tool.output } else { &none };
            let schema = result_schema(columns, output, !self.effect().is_read_only())?;
            offered.output_schema = Some(Arc::new(schema));
        }
        Ok(offered)
    }
}

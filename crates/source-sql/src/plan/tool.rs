//! A tool of the catalog, compiled.

use std::{collections::BTreeMap, sync::Arc};

use puente_domain::catalog::ToolRecord;
use puente_sources::{Effect, Finding, ToolSettings, finding::parse};
use serde_json::{Map, Value};

use super::fatal;
use crate::{
    engine::{Access, Dialect, Statement},
    guard,
    parameters::{Parameter, input_schema},
    settings::{OutputSettings, SourceSettings, SqlToolSettings},
    template::Template,
};

/// A tool that is one statement.
#[derive(Clone, Debug)]
pub(crate) struct Tool {
    /// The source's own name for it.
    pub(crate) name: String,
    /// For agents.
    pub(crate) description: String,
    /// Where it is in the catalog: `tools[3]`.
    pub(crate) location: String,
    /// What it runs.
    pub(crate) statement: Arc<Statement>,
    /// The schema of its arguments.
    pub(crate) input_schema: Arc<Map<String, Value>>,
    /// What its columns mean.
    pub(crate) output: BTreeMap<String, OutputSettings>,
    /// What it may do.
    pub(crate) effect: Effect,
    /// Rows of a result.
    pub(crate) max_rows: usize,
    /// Limits, cache and the like.
    pub(crate) settings: ToolSettings,
}

impl Tool {
    /// Compiles the tool at `index` of a definition.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub(crate) fn compile(
        index: usize,
        record: &ToolRecord,
        common: &ToolSettings,
        source: &SourceSettings,
        dialect: Dialect,
    ) -> Result<Self, Vec<Finding>> {
        let location = format!("tools[{index}]");
        let settings: SqlToolSettings =
            parse(&location, Value::Object(record.settings.clone())).map_err(|finding| vec![finding])?;
        let parameters = parameters(&location, &settings.parameters)?;
        let access = if settings.writes { Access::Write } else { Access::Read };
        let sql_location = format!("{location}.sql");
        if let Some(refusal) = guard::refusal(&settings.sql, dialect, access) {
            return Err(vec![fatal(sql_location, refusal)]);
        }
        let template = Template::parse(&settings.sql, dialect, &parameters).map_err(|problems| {
            problems.into_iter().map(|problem| fatal(sql_location.clone(), problem)).collect::<Vec<_>>()
        })?;
        let effect = match access {
            Access::Write => Effect::Write { destructive: settings.destructive, idempotent: settings.idempotent },
            Access::Read | Access::Catalog => Effect::ReadOnly,
        };
        Ok(Self {
            name: record.name.to_string(),
            description: record.description.clone(),
            location,
            input_schema: Arc::new(input_schema(&parameters)),
            statement: Arc::new(Statement { template, parameters, access }),
            output: settings.output,
            effect,
            max_rows: settings.max_rows.unwrap_or(source.max_rows),
            settings: common.clone(),
        })
    }
}

fn parameters(location: &str, settings: &Map<String, Value>) -> Result<Vec<Parameter>, Vec<Finding>> {
    let mut parameters = Vec::new();
    let mut findings = Vec::new();
    for (name, value) in settings {
        match parameter(&format!("{location}.parameters.{name}"), name, value) {
            Ok(parameter) => parameters.push(parameter),
            Err(finding) => findings.push(finding),
        }
    }
    if findings.is_empty() { Ok(parameters) } else { Err(findings) }
}

fn parameter(location: &str, name: &str, value: &Value) -> Result<Parameter, Finding> {
    let starts_well = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if !starts_well || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        return Err(fatal(location, "a parameter's name is letters, digits and _, and starts with a letter"));
    }
    let settings = parse(location, value.clone())?;
    let parameter = Parameter { name: name.to_owned(), settings };
    match parameter.problem() {
        Some(problem) => Err(fatal(location, problem)),
        None => Ok(parameter),
    }
}

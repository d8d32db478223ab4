//! The connector: checks definitions and makes sources of them.

use std::sync::Arc;

use async_trait::async_trait;
use puente_domain::catalog::SourceKind;
use puente_sources::{Connector, Definition, Finding, Source, SourceError};

use crate::{
    draft,
    engine::{self, Engine, EngineError},
    output::result_schema,
    plan::{self, Plan, Tool, fatal, warning},
    source::SqlSource,
};

/// Sources of type `sql`.
#[derive(Clone, Copy, Debug, Default)]
pub struct SqlConnector;

#[async_trait]
impl Connector for SqlConnector {
    fn kind(&self) -> SourceKind {
        SourceKind::Sql
    }

    fn check(&self, definition: &Definition) -> Vec<Finding> {
        plan::check(definition)
    }

    async fn verify(&self, definition: &Definition) -> Vec<Finding> {
        match plan::compile(definition) {
            Ok(plan) => verify(&plan).await,
            Err(findings) => findings,
        }
    }

    fn connect(&self, definition: Definition) -> Result<Arc<dyn Source>, SourceError> {
        let plan = plan::compile(&definition).map_err(|findings| SourceError::Definition(summary(&findings)))?;
        Ok(Arc::new(SqlSource::start(definition.name.to_string(), plan)?))
    }

    async fn draft(&self, definition: &Definition) -> Result<String, SourceError> {
        let plan = plan::compile(definition).map_err(|findings| SourceError::Definition(summary(&findings)))?;
        let engine = engine::open(plan.database.clone()).map_err(SourceError::Definition)?;
        let drafted = draft::draft(&definition.name, plan.database.reach.dialect(), &*engine).await;
        engine.close().await;
        drafted.map_err(|error| error.into_source_error(definition.name.as_str()))
    }

    fn secret_settings(&self) -> &'static [&'static str] {
        &["url", "explore.url"]
    }
}

async fn verify(plan: &Plan) -> Vec<Finding> {
    let engine = match engine::open(plan.database.clone()) {
        Ok(engine) => engine,
        Err(problem) => return vec![fatal("url", problem)],
    };
    let mut findings: Vec<_> = match engine.probe().await {
        Ok(probe) => probe.warnings.into_iter().map(|text| warning("url", text)).collect(),
        Err(error) => return vec![warning("url", error.to_string())],
    };
    for tool in &plan.tools {
        findings.extend(verify_tool(&*engine, tool).await);
    }
    engine.close().await;
    findings.extend(verify_explore(plan).await);
    findings
}

async fn verify_tool(engine: &dyn Engine, tool: &Tool) -> Option<Finding> {
    let location = format!("{}.sql", tool.location);
    match engine.describe(&tool.statement).await {
        Ok(columns) => result_schema(&columns, &tool.output, !tool.effect.is_read_only())
            .err()
            .map(|problem| fatal(location, problem)),
        Err(error @ EngineError::Refused { .. }) => Some(fatal(location, error.to_string())),
        Err(error) => Some(warning(location, error.to_string())),
    }
}

async fn verify_explore(plan: &Plan) -> Option<Finding> {
    let explore = plan.explore.as_ref()?;
    let engine = match engine::open(explore.database.clone()) {
        Ok(engine) => engine,
        Err(problem) => return Some(fatal("explore.url", problem)),
    };
    let probe = engine.probe().await;
    engine.close().await;
    match probe {
        Ok(probe) => probe.unrestricted.map(|why| fatal("explore.url", why)),
        Err(error) => Some(warning("explore.url", error.to_string())),
    }
}

fn summary(findings: &[Finding]) -> String {
    let lines = findings.iter().map(|finding| match finding.location.0.as_str() {
        "" => finding.message.clone(),
        location => format!("{location}: {}", finding.message),
    });
    lines.collect::<Vec<_>>().join("; ")
}

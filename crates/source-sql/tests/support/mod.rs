//! A catalog entry in a few lines, and calls of its tools.

use std::{sync::Arc, time::Duration};

use puente_domain::Principal;
use puente_mcp::{Client, Era, Inputs, Outcome};
use puente_source_sql::SqlConnector;
use puente_sources::{Call, Connector, Definition, Source, SourceError};
use puente_test_support::catalog;
use serde_json::{Map, Value, json};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Long enough for a busy machine; tests never wait for it to pass.
pub(crate) const LONG: Duration = Duration::from_mins(1);

/// A definition like that of a catalog file: `settings` of the source, and its tools by name.
pub(crate) fn definition(settings: &Value, tools: &Value) -> Definition {
    catalog::definition("erp", settings, tools)
}

/// A connected source that has asked its database about every tool.
pub(crate) async fn connect(settings: &Value, tools: &Value) -> Arc<dyn Source> {
    let source = SqlConnector.connect(definition(settings, tools)).unwrap();
    ready(&*source).await;
    source
}

/// Waits for the database's answer about the tools.
pub(crate) async fn ready(source: &dyn Source) {
    let mut changes = source.changes();
    while source.offer().problems.iter().any(|problem| problem.contains("has not answered")) {
        tokio::time::timeout(LONG, changes.changed()).await.expect("the database answers").unwrap();
    }
}

/// Calls a tool as `principal`.
pub(crate) async fn call_as(
    source: &dyn Source,
    principal: &Principal,
    tool: &str,
    arguments: &Value,
) -> Result<Value, SourceError> {
    run(source, principal, tool, arguments.as_object().unwrap(), &CancellationToken::new(), Instant::now() + LONG).await
}

/// Calls a tool.
pub(crate) async fn call(source: &dyn Source, tool: &str, arguments: Value) -> Result<Value, SourceError> {
    call_as(source, &Principal::anonymous(), tool, &arguments).await
}

/// Calls a tool until `deadline` or until `cancel`. The result must fit the tool's `outputSchema`.
pub(crate) async fn run(
    source: &dyn Source,
    principal: &Principal,
    tool: &str,
    arguments: &Map<String, Value>,
    cancel: &CancellationToken,
    deadline: Instant,
) -> Result<Value, SourceError> {
    let value = value(source, principal, tool, arguments, cancel, deadline).await?;
    let offer = source.offer();
    let schema = offer.tools.iter().find(|offered| offered.tool.name == tool).unwrap().tool.output_schema.clone();
    if let Some(schema) = schema {
        let schema = Value::Object((*schema).clone());
        if let Err(error) = jsonschema::validate(&schema, &value) {
            panic!("{tool}: {error}\nschema {schema}\nresult {value}");
        }
    }
    Ok(value)
}

async fn value(
    source: &dyn Source,
    principal: &Principal,
    tool: &str,
    arguments: &Map<String, Value>,
    cancel: &CancellationToken,
    deadline: Instant,
) -> Result<Value, SourceError> {
    let call = Call {
        tool,
        arguments,
        inputs: &Inputs::default(),
        principal,
        client: &Client::silent(Era::Modern),
        cancel,
        deadline,
        max_bytes: 1 << 20,
    };
    let Outcome::Complete(result) = source.call(call).await? else { panic!("a statement asks for nothing") };
    Ok(serde_json::from_str(result.structured.unwrap().get()).unwrap())
}

/// Calls a tool whose result need not fit the schema that was offered: the database's schema changed since.
pub(crate) async fn unchecked(source: &dyn Source, tool: &str) -> Result<Value, SourceError> {
    let cancel = CancellationToken::new();
    value(source, &Principal::anonymous(), tool, &Map::new(), &cancel, Instant::now() + LONG).await
}

/// The rows of a result.
pub(crate) fn rows(result: &Value) -> &Vec<Value> {
    assert_eq!(result["row_count"], json!(result["rows"].as_array().unwrap().len()));
    result["rows"].as_array().unwrap()
}

/// What the agent reads of a failed call.
pub(crate) fn message(result: Result<Value, SourceError>) -> String {
    result.unwrap_err().to_string()
}

/// All findings of `verify`, one a line.
pub(crate) async fn findings(settings: &Value, tools: &Value) -> String {
    let findings = SqlConnector.verify(&definition(settings, tools)).await;
    let lines = findings
        .iter()
        .map(|finding| format!("{}: {} (fatal: {})\n", finding.location.0, finding.message, finding.fatal));
    lines.collect()
}

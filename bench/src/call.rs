//! The tool through Puente: an installation of its own, authentication and audit on.

use std::sync::Arc;

use puente_tests::{Server, Site};

use crate::{
    load::Target,
    workload::{Backend, COMPANIES, TOOL_SQL},
};

/// The release binary, and no rate limit in the way.
pub(crate) fn site() -> Site {
    Site::empty().setting("RATE_LIMIT", "1000000/1s").setting("LOG_LEVEL", "warn")
}

/// A running Puente: it ends when this is dropped.
pub(crate) struct Installation {
    pub(crate) site: Site,
    pub(crate) server: Server,
}

/// Installs Puente with one source and one tool, and says how to call it.
pub(crate) async fn target(backend: &Backend) -> anyhow::Result<(Target, Installation)> {
    let site = site().setting("SOURCE_BENCH_URL", &backend.url());
    let catalog = site.write("catalog.yaml", &catalog());
    site.puente(&["apply", "-f", &catalog]).expect_success();
    let server = site.serve().await;
    site.user("bench@example.com", "member");
    let key = site.key("bench", &["--owner", "bench@example.com"]);
    let address = server.url().trim_start_matches("http://").parse()?;
    let target = Target {
        address,
        path: "/mcp".to_owned(),
        headers: headers(&key),
        body: Arc::new(body),
        expect: r#""row_count":20"#,
    };
    Ok((target, Installation { site, server }))
}

fn catalog() -> String {
    format!(
        "sources:
  - name: bench
    type: sql
    url: ${{env:SOURCE_BENCH_URL}}
    tools:
      - name: expenses
        description: The first expenses of a company.
        sql: {TOOL_SQL}
        parameters:
          company_id: {{type: integer, description: The company}}
servers:
  - name: default
    include: ['*']
    grants: ['role:member']
"
    )
}

fn headers(key: &str) -> Vec<(&'static str, String)> {
    vec![
        ("authorization", format!("Bearer {key}")),
        ("content-type", "application/json".to_owned()),
        ("accept", "application/json, text/event-stream".to_owned()),
        ("mcp-protocol-version", "2026-07-28".to_owned()),
        ("mcp-method", "tools/call".to_owned()),
        ("mcp-name", "bench_expenses".to_owned()),
    ]
}

fn body(number: u64) -> String {
    let company = number % COMPANIES + 1;
    format!(
        r#"{{"jsonrpc":"2.0","id":{number},"method":"tools/call","params":{{"name":"bench_expenses","arguments":{{"company_id":{company}}},"_meta":{{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{{}}}}}}}}"#
    )
}

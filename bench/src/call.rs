//! The tool through Puente: an installation of its own, authentication and audit on.

use std::{net::SocketAddr, sync::Arc};

use puente_tests::{Backends, Server, Site};

use crate::{
    load::Target,
    workload::{Backend, COMPANIES, TOOL_SQL},
};

/// The setting that names the source.
pub(crate) const SOURCE_URL: &str = "SOURCE_BENCH_URL";
/// No call is refused for being one too many.
pub(crate) const SETTINGS: [(&str, &str); 2] = [("RATE_LIMIT", "1000000/1s"), ("LOG_LEVEL", "warn")];

/// The release binary, and no rate limit in the way.
pub(crate) fn site() -> Site {
    site_on(Backends::of_this_run())
}

/// As [`site`], on these backends.
pub(crate) fn site_on(backends: Backends) -> Site {
    SETTINGS.iter().fold(Site::on(backends), |site, (name, value)| site.setting(name, value))
}

/// A running Puente: it ends when this is dropped.
pub(crate) struct Installation {
    pub(crate) site: Site,
    pub(crate) server: Server,
}

/// Installs Puente with one source and its tools, and says how to call the one whose results are not kept.
pub(crate) async fn target(backend: &Backend) -> anyhow::Result<(Target, Installation)> {
    target_on(site(), backend).await
}

/// As [`target`], on a site of the caller's own.
pub(crate) async fn target_on(site: Site, backend: &Backend) -> anyhow::Result<(Target, Installation)> {
    let site = site.setting(SOURCE_URL, &backend.url());
    let key = prepare(&site);
    let server = site.serve().await;
    let target = tool(address(server.url())?, "bench_expenses", &key);
    Ok((target, Installation { site, server }))
}

/// Applies the catalog, and makes a key of a member.
pub(crate) fn prepare(site: &Site) -> String {
    let catalog = site.write("catalog.yaml", &catalog(""));
    site.puente(&["apply", "-f", &catalog]).expect_success();
    site.user("bench@example.com", "member");
    site.key("bench", &["--owner", "bench@example.com"])
}

/// Where a server listens.
pub(crate) fn address(url: &str) -> anyhow::Result<SocketAddr> {
    Ok(url.trim_start_matches("http://").parse()?)
}

/// How to call `bench_expenses`, or `bench_kept`, whose results are kept.
pub(crate) fn tool(address: SocketAddr, tool: &'static str, key: &str) -> Target {
    Target {
        address,
        path: "/mcp".to_owned(),
        headers: headers(tool, key),
        body: Arc::new(move |number| body(tool, number)),
        expect: r#""row_count":20"#,
    }
}

/// The catalog, with more tools if wanted.
pub(crate) fn catalog(more: &str) -> String {
    format!(
        "sources:
  - name: bench
    type: sql
    url: ${{env:{SOURCE_URL}}}
    tools:
      - name: expenses
        description: The first expenses of a company.
        sql: {TOOL_SQL}
        parameters:
          company_id: {{type: integer, description: The company}}
      - name: kept
        description: The same, kept for an hour.
        sql: {TOOL_SQL}
        cache: {{ttl: 1h, scope: public}}
        parameters:
          company_id: {{type: integer, description: The company}}
{more}servers:
  - name: default
    include: ['*']
    grants: ['role:member']
"
    )
}

fn headers(tool: &str, key: &str) -> Vec<(&'static str, String)> {
    vec![
        ("authorization", format!("Bearer {key}")),
        ("content-type", "application/json".to_owned()),
        ("accept", "application/json, text/event-stream".to_owned()),
        ("mcp-protocol-version", "2026-07-28".to_owned()),
        ("mcp-method", "tools/call".to_owned()),
        ("mcp-name", tool.to_owned()),
    ]
}

fn body(tool: &str, number: u64) -> String {
    let company = number % COMPANIES + 1;
    format!(
        r#"{{"jsonrpc":"2.0","id":{number},"method":"tools/call","params":{{"name":"{tool}","arguments":{{"company_id":{company}}},"_meta":{{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{{}}}}}}}}"#
    )
}

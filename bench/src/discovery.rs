//! A virtual server of 5,000 tools: a page of the list, and searches among them.

use std::{fmt::Write as _, sync::Arc};

use crate::{
    TIME, call,
    load::{self, Target},
    report::Report,
};

/// Few enough that a request does not wait for others.
const CONNECTIONS: usize = 2;
const AIM: &str = "p99 < 10 ms";

const VERBS: [&str; 10] =
    ["list", "get", "create", "update", "delete", "search", "approve", "export", "archive", "count"];
const THINGS: [&str; 25] = [
    "invoices",
    "orders",
    "customers",
    "employees",
    "expenses",
    "contracts",
    "shipments",
    "payments",
    "suppliers",
    "projects",
    "tickets",
    "products",
    "warehouses",
    "budgets",
    "accounts",
    "campaigns",
    "leads",
    "meetings",
    "documents",
    "reports",
    "licences",
    "vehicles",
    "machines",
    "permits",
    "courses",
];
const PLACES: [&str; 20] = [
    "sales",
    "finance",
    "logistics",
    "hr",
    "legal",
    "marketing",
    "support",
    "purchasing",
    "production",
    "quality",
    "research",
    "facilities",
    "it",
    "security",
    "training",
    "export",
    "retail",
    "service",
    "planning",
    "audit",
];

/// Measures both.
pub(crate) async fn measure(report: &mut Report) -> anyhow::Result<()> {
    let site = call::site();
    site.puente(&["apply", "-f", &site.write("catalog.yaml", &catalog())]).expect_success();
    site.user("bench@example.com", "member");
    let key = site.key("bench", &["--owner", "bench@example.com"]);
    let server = site.serve().await;
    let address = call::address(server.url())?;
    let list = Target { headers: headers("tools/list", "", &key), body: Arc::new(list), ..target(address, "beside") };
    let search = Target {
        headers: headers("tools/call", "search_tools", &key),
        body: Arc::new(search),
        expect: r#""total":"#,
        ..target(address, "instead")
    };
    for (what, target) in [("a page of tools/list", list), ("search_tools", search)] {
        report.line(what_of(what), figures(&load::run(&target, CONNECTIONS, TIME).await?), AIM);
    }
    server.stop().await;
    Ok(())
}

fn what_of(what: &str) -> String {
    format!("5,000 tools, {what}, {CONNECTIONS} connections")
}

fn figures(measured: &load::Measured) -> String {
    let load::Measured { per_second, p50, p99 } = measured;
    format!("{per_second:.0}/s, p50 {p50:.1?}, p99 {p99:.1?}")
}

/// Every combination is a tool of an API that is never called.
fn catalog() -> String {
    let mut yaml =
        String::from("sources:\n  - name: bench\n    type: http\n    base_url: http://127.0.0.1:1\n    tools:\n");
    for (verb, thing, place) in combinations() {
        let _ = writeln!(
            yaml,
            "      - name: {place}_{verb}_{thing}\n        path: /{place}/{thing}/{{id}}\n        \
             description: To {verb} {thing} of the department {place}, those of one company or all of them.\n        \
             parameters:\n          id: {{in: path, type: string, description: Which of the {thing}}}\n          \
             since: {{in: query, type: string, required: false, description: Only those after this day}}\n          \
             company: {{in: query, type: integer, required: false, description: The company of the {place} department}}"
        );
    }
    for how in ["beside", "instead"] {
        let _ = write!(yaml, "{}", if how == "beside" { "servers:\n" } else { "" });
        let _ = writeln!(yaml, "  - {{name: {how}, include: ['*'], discovery: {how}, grants: ['role:member']}}");
    }
    yaml
}

fn combinations() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    PLACES
        .iter()
        .flat_map(|place| THINGS.iter().flat_map(move |thing| VERBS.iter().map(move |verb| (*verb, *thing, *place))))
}

fn target(address: std::net::SocketAddr, server: &str) -> Target {
    Target {
        address,
        path: format!("/servers/{server}/mcp"),
        headers: Vec::new(),
        body: Arc::new(list),
        expect: r#""nextCursor":"#,
    }
}

fn headers(method: &str, name: &str, key: &str) -> Vec<(&'static str, String)> {
    let mut headers = vec![
        ("authorization", format!("Bearer {key}")),
        ("content-type", "application/json".to_owned()),
        ("accept", "application/json, text/event-stream".to_owned()),
        ("mcp-protocol-version", "2026-07-28".to_owned()),
        ("mcp-method", method.to_owned()),
    ];
    if !name.is_empty() {
        headers.push(("mcp-name", name.to_owned()));
    }
    headers
}

const META: &str = r#""_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}"#;

fn list(number: u64) -> String {
    format!(r#"{{"jsonrpc":"2.0","id":{number},"method":"tools/list","params":{{{META}}}}}"#)
}

/// Each time other words; their beginnings and other forms, too.
fn search(number: u64) -> String {
    let pick = |words: &[&'static str], step: u64| {
        words[usize::try_from(number.wrapping_mul(step) % words.len() as u64).unwrap_or_default()]
    };
    let (verb, thing, place) = (pick(&VERBS, 7), pick(&THINGS, 11), pick(&PLACES, 13));
    let query = match number % 4 {
        0 => format!("{verb} {thing}"),
        1 => format!("{} of the {place} department since last year", &thing[..4]),
        2 => format!("which {thing} of a company does {place} {verb}"),
        _ => thing.to_owned(),
    };
    format!(
        r#"{{"jsonrpc":"2.0","id":{number},"method":"tools/call","params":{{"name":"search_tools","arguments":{{"query":"{query}"}},{META}}}}}"#
    )
}

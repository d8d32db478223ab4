//! Other MCP servers behind Puente.

mod bridging;
mod example;
mod federation;
mod pinning;
mod unruly;

use puente_tests::{Server, Site, tools};
use serde_json::Value;

/// A site whose catalog is this one; `{python}` and `{root}` lead to Python and the project.
fn site(catalog: &str) -> Site {
    let site = Site::empty().setting("RATE_LIMIT", "1000000/1s");
    apply(&site, catalog);
    site
}

fn apply(site: &Site, catalog: &str) {
    let text = |path: std::path::PathBuf| path.to_str().unwrap().to_owned();
    let catalog = catalog
        .replace("{python}", &text(tools::installed("venv/bin/python")))
        .replace("{node}", &text(tools::node()))
        .replace("{tools}", &text(tools::root().join(".tools")))
        .replace("{site}", &text(site.path().to_owned()))
        .replace("{root}", &text(tools::root()));
    let path = site.write("catalog.yaml", &catalog);
    site.puente(&["apply", "-f", &path]).expect_success();
}

/// Calls a tool of the default server, in the modern era and without a token.
async fn call(server: &Server, name: &str, arguments: Value) -> Value {
    let answer = server.mcp("").call(name, arguments).await;
    answer.body.get("result").unwrap_or_else(|| panic!("{name}: {answer:?}")).clone()
}

/// The text of a result's first block.
fn text(result: &Value) -> &str {
    result["content"][0]["text"].as_str().unwrap_or_else(|| panic!("no text in {result}"))
}

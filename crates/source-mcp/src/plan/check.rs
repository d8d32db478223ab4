//! What is wrong with a definition, as far as it can be told without the upstream.

use http::{HeaderName, Uri, header};
use puente_domain::catalog::Origin;
use puente_sources::{Definition, Finding};

use super::{fatal, settings, tool};
use crate::settings::SourceSettings;

/// Headers that are not the catalog's to say.
const OURS: [&str; 12] = [
    "accept",
    "connection",
    "content-length",
    "content-type",
    "host",
    "last-event-id",
    "mcp-method",
    "mcp-name",
    "mcp-protocol-version",
    "mcp-session-id",
    "te",
    "transfer-encoding",
];

/// Everything that is wrong. References to secrets may be unresolved.
pub(crate) fn check(definition: &Definition) -> Vec<Finding> {
    let settings = match settings(definition) {
        Ok(settings) => settings,
        Err(finding) => return vec![finding],
    };
    let mut findings = match (&settings.url, &settings.command) {
        (Some(url), None) => over_http(url, &settings).into_iter().chain(unreachable(url, definition)).collect(),
        (None, Some(command)) => over_lines(command, &settings, definition.origin),
        (None, None) => vec![fatal("url", "an MCP server is reached by `url` or started by `command`; give one")],
        (Some(_), Some(_)) => vec![fatal("command", "`url` and `command` exclude each other")],
    };
    let tools = definition.tools.iter().enumerate();
    findings.extend(tools.filter_map(|(index, (record, _))| tool(&record.settings, index).err()));
    findings
}

fn over_http(url: &str, settings: &SourceSettings) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !url.contains("${") && !is_http(url) {
        findings.push(fatal("url", "the URL of an MCP server looks like https://mcp.example.com/mcp"));
    }
    for (given, name) in
        [(!settings.env.is_empty(), "env"), (settings.cwd.is_some(), "cwd"), (settings.limits.is_set(), "limits")]
    {
        if given {
            findings.push(fatal(name, format!("`{name}` belongs to `command`; there is none")));
        }
    }
    for name in settings.headers.keys() {
        let at = format!("headers.{name}");
        match HeaderName::try_from(name) {
            Err(_) => findings.push(fatal(at, "this is no name of a header")),
            Ok(name) if OURS.contains(&name.as_str()) || name.as_str().starts_with("mcp-param-") => {
                findings.push(fatal(at, "this header is set by the protocol"));
            }
            Ok(name) if name == header::COOKIE => {
                findings.push(fatal(at, "cookies belong to one user; use `Authorization` or a key of the source"));
            }
            Ok(_) => {}
        }
    }
    findings
}

/// An address that the source may not reach. Names are looked up, and checked, when it connects.
fn unreachable(url: &str, definition: &Definition) -> Option<Finding> {
    let uri: Uri = url.parse().ok()?;
    let address = uri.host()?.trim_matches(['[', ']']).parse().ok()?;
    definition.egress.check(address, definition.origin).err().map(|refused| fatal("url", refused.to_string()))
}

fn is_http(url: &str) -> bool {
    let uri = url.parse::<Uri>();
    let http = |uri: &Uri| matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some();
    uri.is_ok_and(|uri| http(&uri) && uri.authority().is_some_and(|authority| !authority.as_str().contains('@')))
}

fn over_lines(command: &[String], settings: &SourceSettings, origin: Origin) -> Vec<Finding> {
    let mut findings = Vec::new();
    if origin == Origin::Editor {
        let message = "a command runs on this machine, which only an operator's catalog may do (puente apply)";
        findings.push(fatal("command", message));
    }
    if command.first().is_none_or(String::is_empty) {
        findings.push(fatal("command", "a command is a list: [program, argument, …]"));
    }
    if !settings.headers.is_empty() {
        findings.push(fatal("headers", "`headers` belong to `url`; a command has `env`"));
    }
    for name in settings.env.keys().filter(|name| name.is_empty() || name.contains(['=', '\0'])) {
        findings.push(fatal(format!("env.{name}"), "this is no name of an environment variable"));
    }
    findings
}

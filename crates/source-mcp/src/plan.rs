//! A catalog entry, checked and compiled.

mod check;

use std::{collections::HashMap, path::Path, time::Duration};

use http::{HeaderMap, HeaderName, HeaderValue, Uri};
use puente_mcp::Era;
use puente_sources::{Definition, Finding, finding::parse, outbound::Outbound};
use serde_json::Value;

pub(crate) use check::check;
pub(crate) use puente_sources::finding::{fatal, warning};

use crate::{
    child::Limits,
    link::{http::Endpoint, stdio::process::CommandLine},
    settings::{Ask, EraSetting, LimitSettings, SourceSettings, ToolSettings},
};

/// How long an upstream may take to start if the catalog does not say: some are downloaded first.
const START: Duration = Duration::from_mins(1);
/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(10);

/// A source that can be connected.
pub(crate) struct Plan {
    pub(crate) target: Target,
    /// What the upstream may ask of callers.
    pub(crate) ask: Vec<Ask>,
    /// By the tool's name: what the catalog says about it.
    pub(crate) tools: HashMap<String, ToolPlan>,
}

/// Where an upstream is, and what is known about it.
pub(crate) struct Target {
    pub(crate) name: String,
    pub(crate) transport: Transport,
    /// `None`: it is found out.
    pub(crate) era: Option<Era>,
    pub(crate) start_timeout: Duration,
}

/// How an upstream is reached.
pub(crate) enum Transport {
    Http(Box<Endpoint>),
    Command(CommandLine),
}

/// A tool of the catalog.
pub(crate) struct ToolPlan {
    pub(crate) description: String,
    pub(crate) settings: ToolSettings,
    pub(crate) common: puente_sources::ToolSettings,
}

/// Compiles `definition`, whose references to secrets are resolved. `keeper` looks after commands.
///
/// # Errors
/// Everything that is wrong; each finding is fatal.
pub(crate) fn compile(definition: &Definition, keeper: &Path) -> Result<Plan, Vec<Finding>> {
    let findings = check(definition);
    if !findings.is_empty() {
        return Err(findings);
    }
    let settings = settings(definition).map_err(|finding| vec![finding])?;
    let transport = transport(definition, &settings, keeper).map_err(|finding| vec![finding])?;
    let mut tools = HashMap::new();
    for (index, (record, common)) in definition.tools.iter().enumerate() {
        let settings = tool(&record.settings, index).map_err(|finding| vec![finding])?;
        let plan = ToolPlan { description: record.description.clone(), settings, common: common.clone() };
        tools.insert(record.name.to_string(), plan);
    }
    let ask = settings.ask.clone().unwrap_or_else(|| match transport {
        Transport::Http(_) => vec![Ask::Elicitation, Ask::Sampling],
        // Each caller would get a process of its own; that is for the operator to want.
        Transport::Command(_) => Vec::new(),
    });
    let era = match settings.era {
        EraSetting::Auto => None,
        EraSetting::Legacy => Some(Era::Legacy),
        EraSetting::Modern => Some(Era::Modern),
    };
    let start_timeout = settings.start_timeout.unwrap_or(START);
    Ok(Plan { target: Target { name: definition.name.to_string(), transport, era, start_timeout }, ask, tools })
}

fn transport(definition: &Definition, settings: &SourceSettings, keeper: &Path) -> Result<Transport, Finding> {
    if let Some(command) = &settings.command {
        return Ok(Transport::Command(CommandLine {
            keeper: keeper.to_path_buf(),
            command: command.clone(),
            env: settings.env.clone().into_iter().collect(),
            cwd: settings.cwd.clone(),
            limits: limits(settings.limits),
        }));
    }
    let url = settings.url.as_deref().unwrap_or_default();
    let uri: Uri = url.parse().map_err(|_| fatal("url", "the URL cannot be read"))?;
    let client = Outbound::new(definition.egress.clone(), definition.origin, CONNECT);
    Ok(Transport::Http(Box::new(Endpoint { client, uri, headers: headers(settings)? })))
}

fn limits(settings: LimitSettings) -> Limits {
    let memory = settings.memory_mb.map(|mb| mb.saturating_mul(1024 * 1024));
    Limits { memory, processes: settings.processes, files: settings.files }
}

fn headers(settings: &SourceSettings) -> Result<HeaderMap, Finding> {
    let mut headers = HeaderMap::new();
    for (name, value) in &settings.headers {
        let at = format!("headers.{name}");
        let parsed = HeaderName::try_from(name).map_err(|_| fatal(&at, "this is no name of a header"))?;
        let mut value = HeaderValue::from_str(value)
            .map_err(|_| fatal(&at, "a header's value has only visible ASCII characters and spaces"))?;
        value.set_sensitive(true);
        headers.insert(parsed, value);
    }
    Ok(headers)
}

/// Parses the source's settings.
fn settings(definition: &Definition) -> Result<SourceSettings, Finding> {
    parse("", Value::Object(definition.settings.clone()))
}

fn tool(settings: &serde_json::Map<String, Value>, index: usize) -> Result<ToolSettings, Finding> {
    parse(&format!("tools[{index}]"), Value::Object(settings.clone()))
}

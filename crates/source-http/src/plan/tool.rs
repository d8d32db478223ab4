//! A tool of the catalog, compiled.

use std::{collections::HashSet, sync::Arc};

use http::Method;
use puente_domain::catalog::ToolRecord;
use puente_sources::{Effect, Finding, ToolSettings};
use serde_json::{Map, Value, json};

use super::{
    Base, Body, Parameter, PathTemplate, fatal,
    parameter::{self},
    schema::input_schema,
};
use crate::{
    answer::Pick,
    settings::{HttpToolSettings, SourceSettings},
};

/// A tool that is one operation.
#[derive(Clone, Debug)]
pub(crate) struct Tool {
    /// The source's own name for it.
    pub(crate) name: String,
    /// For agents.
    pub(crate) description: String,
    /// What it sends.
    pub(crate) method: Method,
    /// Where its path starts.
    pub(crate) base: Base,
    /// Its path.
    pub(crate) path: PathTemplate,
    /// Its parameters, in the order of the catalog.
    pub(crate) parameters: Vec<Parameter>,
    /// Its body.
    pub(crate) body: Option<Body>,
    /// What is sent as `Accept`.
    pub(crate) accept: String,
    /// The part of an answer that becomes the result.
    pub(crate) pick: Option<Pick>,
    /// The schema of its arguments.
    pub(crate) input_schema: Arc<Map<String, Value>>,
    /// The schema of its result.
    pub(crate) output_schema: Option<Arc<Map<String, Value>>>,
    /// What it may do.
    pub(crate) effect: Effect,
    /// Limits, cache and the like.
    pub(crate) settings: ToolSettings,
}

impl Tool {
    /// Compiles the tool at `index` of a definition. Without a base, which is a finding of its own, an unreachable one
    /// is taken.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub(super) fn compile(
        index: usize,
        record: &ToolRecord,
        common: &ToolSettings,
        source: &SourceSettings,
        base: Option<&Base>,
    ) -> Result<Self, Vec<Finding>> {
        let at =
            |field: &str| if field.is_empty() { format!("tools[{index}]") } else { format!("tools[{index}].{field}") };
        let wrong = |field: &str, message: String| vec![fatal(at(field), message)];
        let settings = HttpToolSettings::parse(&at(""), &record.settings).map_err(|finding| vec![finding])?;
        let method = method(&settings.method).map_err(|problem| wrong("method", problem))?;
        let path = PathTemplate::parse(&settings.path).map_err(|problem| wrong("path", problem))?;
        let parameters = parameters(&at("parameters"), &settings.parameters)?;
        let mismatches = parameter::mismatches(&path, &parameters);
        if !mismatches.is_empty() {
            return Err(mismatches.into_iter().map(|problem| fatal(at("path"), problem)).collect());
        }
        let body =
            Body::compile(settings.body.as_ref(), &parameters).map_err(|(field, problem)| wrong(field, problem))?;
        check_body(&method, body.as_ref(), &parameters).map_err(|problem| wrong("body", problem))?;
        let base = self::base(&settings, source, base).map_err(|problem| wrong("server", problem))?;
        let effect = effect(&method, &settings);
        if common.cache.is_some() && !effect.is_read_only() {
            let message = "results of a tool that writes cannot be cached; remove `cache`, or say `writes: false`";
            return Err(wrong("cache", message.to_owned()));
        }
        let pick = settings.pick.as_ref().map(Pick::compile).transpose();
        Ok(Self {
            name: record.name.to_string(),
            description: record.description.clone(),
            input_schema: Arc::new(input_schema(&parameters, body.as_ref(), &settings.definitions)),
            output_schema: settings.output.map(|schema| Arc::new(with_definitions(schema, &settings.definitions))),
            accept: settings.accept.unwrap_or_else(|| "application/json, */*;q=0.8".to_owned()),
            pick: pick.map_err(|problem| wrong("pick", problem))?,
            settings: common.clone(),
            method,
            base,
            path,
            parameters,
            body,
            effect,
        })
    }
}

fn method(text: &str) -> Result<Method, String> {
    let known = [
        Method::GET,
        Method::POST,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
        Method::HEAD,
        Method::OPTIONS,
        Method::TRACE,
    ];
    known
        .into_iter()
        .find(|method| method.as_str().eq_ignore_ascii_case(text))
        .ok_or_else(|| format!("`{text}` is no method; methods are GET, POST, PUT, PATCH, DELETE, HEAD and OPTIONS"))
}

fn parameters(location: &str, settings: &Map<String, Value>) -> Result<Vec<Parameter>, Vec<Finding>> {
    let (mut parameters, mut findings) = (Vec::new(), Vec::new());
    for (name, value) in settings {
        match Parameter::compile(&format!("{location}.{name}"), name, value) {
            Ok(parameter) => parameters.push(parameter),
            Err(finding) => findings.push(finding),
        }
    }
    let mut seen = HashSet::new();
    for parameter in &parameters {
        if !seen.insert((parameter.place, parameter.name.clone())) {
            let problem = format!("there is another parameter `{}` in the same place", parameter.name);
            findings.push(fatal(format!("{location}.{}", parameter.argument), problem));
        }
    }
    if findings.is_empty() { Ok(parameters) } else { Err(findings) }
}

fn check_body(method: &Method, body: Option<&Body>, parameters: &[Parameter]) -> Result<(), String> {
    let Some(body) = body else { return Ok(()) };
    if matches!(*method, Method::HEAD | Method::TRACE) {
        return Err(format!("a {method} request has no body"));
    }
    let clash = body.argument.as_ref().filter(|argument| parameters.iter().any(|one| one.argument == **argument));
    match clash {
        Some(argument) => Err(format!("a parameter is called `{argument}`, too; give the body another `argument`")),
        None => Ok(()),
    }
}

fn base(settings: &HttpToolSettings, source: &SourceSettings, base: Option<&Base>) -> Result<Base, String> {
    let unknown = Base { origin: "http://unknown.invalid".to_owned(), path: String::new() };
    let Some(name) = &settings.server else { return Ok(base.cloned().unwrap_or(unknown)) };
    let url = source.servers.get(name).ok_or_else(|| format!("the source's `servers` have no `{name}`"))?;
    Ok(Base::parse(url).unwrap_or(unknown))
}

/// RFC 9110, section 9.2, unless the catalog knows better.
fn effect(method: &Method, settings: &HttpToolSettings) -> Effect {
    let safe = matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE);
    if !settings.writes.unwrap_or(!safe) {
        return Effect::ReadOnly;
    }
    Effect::Write {
        destructive: settings.destructive.unwrap_or(*method != Method::POST),
        idempotent: settings.idempotent.unwrap_or(matches!(*method, Method::PUT | Method::DELETE)),
    }
}

fn with_definitions(mut schema: Map<String, Value>, definitions: &Map<String, Value>) -> Map<String, Value> {
    if !definitions.is_empty() {
        let all = schema.entry("$defs").or_insert_with(|| json!({}));
        if let Value::Object(all) = all {
            all.extend(definitions.clone());
        }
    }
    schema
}

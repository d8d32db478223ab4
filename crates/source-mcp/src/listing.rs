//! What an upstream offers, page by page; hostile input.

use std::collections::HashMap;

use puente_mcp::{Era, param_headers::ParamHeaders};
use puente_sources::{Effect, Offer, ToolOffer};
use rmcp::model::{Tool, ToolAnnotations};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::{error::LinkError, link::Link, plan::ToolPlan, session::Session, settings::ToolSettings};

/// How many pages a list may have.
const MAX_PAGES: usize = 200;
/// How many items a list may have.
const MAX_ITEMS: usize = 20_000;

/// An offer, and what calls of its tools need.
#[derive(Default)]
pub(crate) struct Listing {
    pub(crate) offer: std::sync::Arc<Offer>,
    /// Parameters that are mirrored in headers, by tool (modern HTTP).
    pub(crate) headers: HashMap<String, ParamHeaders>,
}

/// Asks for all four lists, as far as the upstream has them.
pub(crate) async fn list(session: &Session, plans: &HashMap<String, ToolPlan>) -> Result<Listing, LinkError> {
    let offers = &session.offers;
    let mut problems = Vec::new();
    let mut offer = Offer::default();
    let mut headers = HashMap::new();
    if offers.tools.is_some() {
        let mirrored = session.era() == Era::Modern && matches!(session.link, Link::Http(_));
        for tool in items::<Tool>(session, "tools/list", "tools", &mut problems).await? {
            if mirrored {
                if let Some(problem) = ParamHeaders::problem(&tool.input_schema) {
                    problems.push(format!("tool {}: {problem}", tool.name));
                    continue;
                }
                headers.insert(tool.name.to_string(), ParamHeaders::of(&tool.input_schema));
            }
            offer.definitions.insert(tool.name.to_string(), definition(&tool));
            offer.tools.push(tool_offer(tool, plans));
        }
    }
    if offers.resources.is_some() {
        offer.resources = items(session, "resources/list", "resources", &mut problems).await?;
        // Not every upstream with resources knows templates.
        let templates = items(session, "resources/templates/list", "resourceTemplates", &mut problems).await;
        offer.templates = match templates {
            Err(LinkError::Rpc(_)) => Vec::new(),
            templates => templates?,
        };
    }
    if offers.prompts.is_some() {
        offer.prompts = items(session, "prompts/list", "prompts", &mut problems).await?;
    }
    let missing = plans.keys().filter(|name| !offer.tools.iter().any(|tool| tool.tool.name == name.as_str()));
    problems.extend(missing.map(|name| format!("tool {name}: the upstream server does not offer it")));
    problems.sort();
    offer.problems = problems;
    Ok(Listing { offer: offer.into(), headers })
}

async fn items<T: DeserializeOwned>(
    session: &Session,
    method: &str,
    member: &str,
    problems: &mut Vec<String>,
) -> Result<Vec<T>, LinkError> {
    let (mut items, mut cursor) = (Vec::new(), None::<String>);
    for _ in 0..MAX_PAGES {
        let params = cursor.take().map_or_else(|| json!({}), |cursor| json!({ "cursor": cursor }));
        let page = session.fetch(method, &params).await?;
        let mut page: Map<String, Value> =
            serde_json::from_str(page.get()).map_err(|error| LinkError::Garbage(error.into()))?;
        let Some(Value::Array(found)) = page.remove(member) else {
            return Err(LinkError::garbage(format!("the result of {method} has no `{member}`")));
        };
        for item in found {
            let name = item["name"].as_str().unwrap_or("?").to_owned();
            match serde_json::from_value(item) {
                Ok(item) => items.push(item),
                Err(error) => problems.push(format!("{member} {name}: cannot be read: {error}")),
            }
        }
        cursor = page.get("nextCursor").and_then(Value::as_str).map(ToOwned::to_owned);
        if cursor.is_none() {
            return Ok(items);
        }
        if items.len() > MAX_ITEMS {
            break;
        }
    }
    Err(LinkError::garbage(format!("the list of {member} has no end")))
}

/// What must be accepted of a tool: everything that a model reads, or that decides about rights.
fn definition(tool: &Tool) -> String {
    let mut definition = json!({
        "title": tool.title,
        "description": tool.description,
        "inputSchema": tool.input_schema,
        "outputSchema": tool.output_schema,
        "annotations": tool.annotations,
    });
    definition.sort_all_objects();
    definition.to_string()
}

fn tool_offer(mut tool: Tool, plans: &HashMap<String, ToolPlan>) -> ToolOffer {
    let plan = plans.get(&*tool.name);
    if let Some(description) = plan.map(|plan| &plan.description).filter(|description| !description.is_empty()) {
        tool.description = Some(description.clone().into());
    }
    let effect = effect(tool.annotations.as_ref(), plan.map(|plan| plan.settings).unwrap_or_default());
    ToolOffer { tool, effect, settings: plan.map(|plan| plan.common.clone()).unwrap_or_default() }
}

/// What a tool may do: what the catalog says, else what the upstream says, else the worst.
fn effect(hints: Option<&ToolAnnotations>, settings: ToolSettings) -> Effect {
    let hint = |said: Option<bool>, hinted: fn(&ToolAnnotations) -> Option<bool>| said.or_else(|| hinted(hints?));
    if hint(settings.read_only, |hints| hints.read_only_hint).unwrap_or(false) {
        return Effect::ReadOnly;
    }
    Effect::Write {
        destructive: hint(settings.destructive, |hints| hints.destructive_hint).unwrap_or(true),
        idempotent: hint(settings.idempotent, |hints| hints.idempotent_hint).unwrap_or(false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalog_knows_better_than_the_upstream() {
        let hints = ToolAnnotations::new().read_only(true);
        assert_eq!(effect(Some(&hints), ToolSettings::default()), Effect::ReadOnly);
        let doubted = ToolSettings { read_only: Some(false), destructive: Some(false), idempotent: None };
        assert_eq!(effect(Some(&hints), doubted), Effect::Write { destructive: false, idempotent: false });
        assert_eq!(effect(None, ToolSettings::default()), Effect::Write { destructive: true, idempotent: false });
    }
}

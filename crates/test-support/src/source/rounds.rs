//! The tools that ask their client.

use std::collections::BTreeMap;

use puente_mcp::{InputRequired, McpError, Outcome, ToolResult};
use puente_sources::{Call, SourceError};
use rmcp::model::InputRequest;
use serde_json::{Value, json};

use super::{call::text, content::model, tasks};

type Called = Outcome<ToolResult>;

pub(super) async fn call(call: &Call<'_>) -> Result<Called, SourceError> {
    Ok(match call.tool {
        "test_sampling" => one(call, "sampling", sampling(text(call, "prompt"), 100), |answer| {
            format!("LLM response: {}", answer["content"]["text"].as_str().unwrap_or_default())
        }),
        "test_elicitation" => {
            one(call, "user", contact(text(call, "message")), |answer| format!("User response: {answer}"))
        }
        "test_elicitation_sep1034_defaults" => one(call, "defaults", defaults(), completed),
        "test_elicitation_sep1330_enums" => one(call, "enums", enums(), completed),
        "test_streaming_elicitation" => {
            call.client.progress(0.0, None, None);
            one(call, "confirm", confirm(), completed)
        }
        "test_input_required_result_elicitation" => one(call, "user_name", name(), |answer| {
            format!("Hello, {}!", answer["content"]["name"].as_str().unwrap_or_default())
        }),
        "test_input_required_result_sampling" => {
            let question = sampling("What is the capital of France?", 100);
            one(call, "capital_question", question, |answer| answer["content"]["text"].to_string())
        }
        "test_input_required_result_list_roots" => {
            one(call, "client_roots", roots(), |answer| format!("Roots: {}", answer["roots"]))
        }
        "test_input_required_result_request_state" | "test_input_required_result_tampered_state" => with_state(call),
        "test_input_required_result_multiple_inputs" => multiple(call),
        "test_input_required_result_multi_round" => multi_round(call),
        "test_input_required_result_capabilities" => by_capabilities(call),
        "confirm_delete" | "multi_input" | "test_tool_with_task" => tasks::asking(call).await,
        unknown => return Err(McpError::UnknownTool(unknown.to_owned()).into()),
    })
}

/// Asks one question and answers with what `text` makes of the client's answer.
fn one(call: &Call<'_>, key: &str, request: Value, text: impl FnOnce(&Value) -> String) -> Called {
    match call.inputs.responses.get(key).filter(|answer| answer.is_object()) {
        Some(answer) => Outcome::Complete(ToolResult::text(text(answer))),
        None => ask([(key, request)], None),
    }
}

/// An `input_required` outcome.
pub(super) fn ask<const N: usize>(requests: [(&str, Value); N], state: Option<Value>) -> Outcome<ToolResult> {
    let requests: BTreeMap<String, InputRequest> =
        requests.into_iter().map(|(key, request)| (key.to_owned(), model(request))).collect();
    Outcome::InputRequired(InputRequired { requests, state })
}

fn with_state(call: &Call<'_>) -> Called {
    let answered = call.inputs.responses.contains_key("confirm");
    match &call.inputs.state {
        Some(state) if answered && *state == json!("asked") => Outcome::Complete(ToolResult::text("state-ok")),
        _ => ask([("confirm", confirm())], Some(json!("asked"))),
    }
}

fn multiple(call: &Call<'_>) -> Called {
    let requests =
        [("user_name", name()), ("greeting", sampling("Generate a greeting", 50)), ("client_roots", roots())];
    let all = requests.iter().all(|(key, _)| call.inputs.responses.contains_key(*key));
    if all && call.inputs.state.is_some() {
        return Outcome::Complete(ToolResult::text("All inputs received."));
    }
    ask(requests, Some(json!({"asked": 3})))
}

/// Two rounds of questions, each with a state of its own.
fn multi_round(call: &Call<'_>) -> Called {
    let answers = &call.inputs.responses;
    match call.inputs.state.as_ref().and_then(|state| state["round"].as_u64()) {
        Some(1) if answers.contains_key("step1") => {
            let color = form("Step 2: What is your favorite color?", &json!({"color": {"type": "string"}}), &["color"]);
            let state = json!({"round": 2, "name": answers["step1"]["content"]["name"]});
            ask([("step2", color)], Some(state))
        }
        Some(2) if answers.contains_key("step2") => {
            let name = call.inputs.state.as_ref().map(|state| state["name"].to_string()).unwrap_or_default();
            let text = format!("{name} likes {}", answers["step2"]["content"]["color"]);
            Outcome::Complete(ToolResult::text(text))
        }
        _ => ask([("step1", name())], Some(json!({"round": 1}))),
    }
}

/// Asks only for what the client declared.
fn by_capabilities(call: &Call<'_>) -> Called {
    if !call.inputs.is_empty() {
        return Outcome::Complete(ToolResult::text("Thank you."));
    }
    let mut requests = BTreeMap::new();
    let declared = &call.client.capabilities;
    if declared.sampling.is_some() {
        requests.insert("sample".to_owned(), model(sampling("Say something.", 20)));
    }
    if declared.elicitation.is_some() {
        requests.insert("elicit".to_owned(), model(confirm()));
    }
    if requests.is_empty() {
        return Outcome::Complete(ToolResult::text("There is nothing that I could ask for."));
    }
    Outcome::InputRequired(InputRequired { requests, state: None })
}

fn completed(answer: &Value) -> String {
    format!("Elicitation completed: action={}, content={}", answer["action"], answer["content"])
}

/// An elicitation by form.
pub(super) fn form(message: &str, properties: &Value, required: &[&str]) -> Value {
    json!({"method": "elicitation/create", "params": {
        "mode": "form",
        "message": message,
        "requestedSchema": {"type": "object", "properties": properties, "required": required},
    }})
}

pub(super) fn name() -> Value {
    form("What is your name?", &json!({"name": {"type": "string"}}), &["name"])
}

fn confirm() -> Value {
    form("Please confirm", &json!({"ok": {"type": "boolean"}}), &["ok"])
}

fn contact(message: &str) -> Value {
    let properties = json!({
        "username": {"type": "string", "description": "User's response"},
        "email": {"type": "string", "description": "User's email address"},
    });
    form(message, &properties, &["username", "email"])
}

fn sampling(prompt: &str, max_tokens: u32) -> Value {
    json!({"method": "sampling/createMessage", "params": {
        "messages": [{"role": "user", "content": {"type": "text", "text": prompt}}],
        "maxTokens": max_tokens,
    }})
}

fn roots() -> Value {
    json!({"method": "roots/list", "params": {}})
}

/// A default for every primitive type (SEP-1034).
fn defaults() -> Value {
    let properties = json!({
        "name": {"type": "string", "default": "John Doe"},
        "age": {"type": "integer", "default": 30},
        "score": {"type": "number", "default": 95.5},
        "status": {"type": "string", "enum": ["active", "inactive", "pending"], "default": "active"},
        "verified": {"type": "boolean", "default": true},
    });
    form("Please review these defaults", &properties, &[])
}

/// Every kind of enumeration (SEP-1330).
fn enums() -> Value {
    let titled = json!([
        {"const": "value1", "title": "First Option"},
        {"const": "value2", "title": "Second Option"},
        {"const": "value3", "title": "Third Option"},
    ]);
    let properties = json!({
        "untitledSingle": {"type": "string", "enum": ["option1", "option2", "option3"]},
        "titledSingle": {"type": "string", "oneOf": titled},
        "legacyEnum": {
            "type": "string",
            "enum": ["opt1", "opt2", "opt3"],
            "enumNames": ["Option One", "Option Two", "Option Three"],
        },
        "untitledMulti": {"type": "array", "items": {"type": "string", "enum": ["option1", "option2", "option3"]}},
        "titledMulti": {"type": "array", "items": {"anyOf": titled}},
    });
    form("Please choose", &properties, &[])
}

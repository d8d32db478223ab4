//! What the fixture offers.

use puente_sources::{Effect, Offer, TaskSupport, ToolOffer, ToolSettings};
use rmcp::model::Prompt;
use serde_json::{Value, json};

use super::content::model;

pub(super) fn offer() -> Offer {
    let mut tools: Vec<ToolOffer> =
        PLAIN.iter().map(|(name, description)| tool(name, description, &json!({"type": "object"}))).collect();
    tools.extend(with_arguments());
    tools.extend(tasks());
    Offer {
        tools,
        resources: model(json!([
            {"uri": "test://static-text", "name": "Static text", "description": "A text", "mimeType": "text/plain"},
            {"uri": "test://static-binary", "name": "Static binary", "description": "A picture", "mimeType": "image/png"},
            {"uri": "test://watched-resource", "name": "Watched", "description": "It changes", "mimeType": "text/plain"},
        ])),
        templates: model(json!([{
            "uriTemplate": "test://template/{id}/data",
            "name": "Template",
            "description": "Data of an id",
            "mimeType": "application/json",
        }])),
        prompts: prompts(),
        ..Offer::default()
    }
}

const PLAIN: &[(&str, &str)] = &[
    ("test_simple_text", "Returns a text"),
    ("test_image_content", "Returns an image"),
    ("test_audio_content", "Returns audio"),
    ("test_embedded_resource", "Returns a resource"),
    ("test_multiple_content_types", "Returns a text, an image and a resource"),
    ("test_tool_with_logging", "Logs while it runs"),
    ("test_tool_with_progress", "Tells its progress"),
    ("test_error_handling", "Always fails"),
    ("test_elicitation_sep1034_defaults", "Asks with defaults"),
    ("test_elicitation_sep1330_enums", "Asks with enumerations"),
    ("test_reconnection", "Ends its stream before its result is there"),
    ("test_missing_capability", "Needs a client that can sample"),
    ("test_streaming_elicitation", "Tells its progress, then asks"),
    ("test_logging_tool", "Logs one message"),
    ("test_trigger_tool_change", "Changes the list of tools"),
    ("test_trigger_prompt_change", "Changes the list of prompts"),
    ("test_input_required_result_elicitation", "Asks for a name"),
    ("test_input_required_result_sampling", "Asks the client's model"),
    ("test_input_required_result_list_roots", "Asks for the client's roots"),
    ("test_input_required_result_request_state", "Asks, and wants its state back"),
    ("test_input_required_result_multiple_inputs", "Asks for three things at once"),
    ("test_input_required_result_multi_round", "Asks twice"),
    ("test_input_required_result_tampered_state", "Asks, and refuses a state that was changed"),
    ("test_input_required_result_capabilities", "Asks only for what the client declared"),
];

fn with_arguments() -> Vec<ToolOffer> {
    let string = |name: &str| json!({"type": "object", "properties": {name: {"type": "string"}}, "required": [name]});
    let region = json!({"type": "object", "properties": {
        "region": {"type": "string", "description": "Where", "x-mcp-header": "Region"},
    }});
    vec![
        tool("test_sampling", "Asks the client's model", &string("prompt")),
        tool("test_elicitation", "Asks the user", &string("message")),
        tool("test_custom_header", "Has a parameter that is mirrored in a header", &region),
        tool("json_schema_2020_12_tool", "Tool with JSON Schema 2020-12 features", &schema_2020_12()),
        tool("greet", "Greets", &string("name")),
    ]
}

fn schema_2020_12() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "$defs": {"address": {
            "$anchor": "addressDef",
            "type": "object",
            "properties": {"street": {"type": "string"}, "city": {"type": "string"}},
        }},
        "properties": {
            "name": {"type": "string"},
            "address": {"$ref": "#/$defs/address"},
            "contactMethod": {"type": "string", "enum": ["phone", "email"]},
            "phone": {"type": "string"},
            "email": {"type": "string"},
        },
        "allOf": [{"anyOf": [{"required": ["phone"]}, {"required": ["email"]}]}],
        "if": {"properties": {"contactMethod": {"const": "phone"}}, "required": ["contactMethod"]},
        "then": {"required": ["phone"]},
        "else": {"required": ["email"]},
        "additionalProperties": false,
    })
}

fn tasks() -> Vec<ToolOffer> {
    let none = json!({"type": "object"});
    let compute = json!({"type": "object", "properties": {
        "seconds": {"type": "number"},
        "label": {"type": "string"},
    }});
    let filename = json!({"type": "object", "properties": {"filename": {"type": "string"}}});
    [
        ("slow_compute", "Takes its time", compute, TaskSupport::Optional),
        ("failing_job", "Fails after a while", none.clone(), TaskSupport::Required),
        ("protocol_error_job", "Breaks after a while", none.clone(), TaskSupport::Optional),
        ("confirm_delete", "Asks while it runs", filename, TaskSupport::Optional),
        ("multi_input", "Asks two things while it runs", none.clone(), TaskSupport::Optional),
        ("test_tool_with_task", "Asks first, then runs as a task", none, TaskSupport::Required),
    ]
    .into_iter()
    .map(|(name, description, schema, task)| {
        let mut offer = tool(name, description, &schema);
        offer.settings.task = task;
        offer
    })
    .collect()
}

fn tool(name: &str, description: &str, schema: &Value) -> ToolOffer {
    ToolOffer {
        tool: model(json!({"name": name, "description": description, "inputSchema": schema})),
        effect: Effect::ReadOnly,
        settings: ToolSettings::default(),
    }
}

fn prompts() -> Vec<Prompt> {
    model(json!([
        {"name": "test_simple_prompt", "description": "A prompt without arguments"},
        {"name": "test_prompt_with_arguments", "description": "A prompt with arguments", "arguments": [
            {"name": "arg1", "description": "First", "required": true},
            {"name": "arg2", "description": "Second", "required": true},
        ]},
        {"name": "test_prompt_with_embedded_resource", "description": "A prompt with a resource", "arguments": [
            {"name": "resourceUri", "description": "The resource to embed", "required": true},
        ]},
        {"name": "test_prompt_with_image", "description": "A prompt with an image"},
        {"name": "test_input_required_result_prompt", "description": "A prompt that asks first"},
    ]))
}

/// Adds `test_dynamic_tool`, or takes it away.
pub(super) fn toggle_tool(offer: &mut Offer) {
    let before = offer.tools.len();
    offer.tools.retain(|offered| offered.tool.name != "test_dynamic_tool");
    if offer.tools.len() == before {
        offer.tools.push(tool("test_dynamic_tool", "Comes and goes", &json!({"type": "object"})));
    }
}

/// Adds `test_dynamic_prompt`, or takes it away.
pub(super) fn toggle_prompt(offer: &mut Offer) {
    let before = offer.prompts.len();
    offer.prompts.retain(|prompt| prompt.name != "test_dynamic_prompt");
    if offer.prompts.len() == before {
        offer.prompts.push(model(json!({"name": "test_dynamic_prompt", "description": "Comes and goes"})));
    }
}

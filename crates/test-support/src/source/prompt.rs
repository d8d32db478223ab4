//! Prompts.

use puente_mcp::{InputRequired, McpError, Outcome};
use puente_sources::{Prompt, SourceError};
use rmcp::model::GetPromptResult;
use serde_json::{Value, json};

use super::{
    content::{image, model},
    rounds::form,
};

pub(super) fn prompt(prompt: &Prompt<'_>) -> Result<Outcome<GetPromptResult>, SourceError> {
    let argument = |name: &str| prompt.arguments.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let messages = match prompt.name {
        "test_simple_prompt" => vec![text("This is a simple prompt for testing.")],
        "test_prompt_with_arguments" => {
            vec![text(&format!("Prompt with arguments: arg1='{}', arg2='{}'", argument("arg1"), argument("arg2")))]
        }
        "test_prompt_with_embedded_resource" => vec![
            user(&json!({"type": "resource", "resource": {
                "uri": argument("resourceUri"),
                "mimeType": "text/plain",
                "text": "Embedded resource content for testing.",
            }})),
            text("Please process the embedded resource above."),
        ],
        "test_prompt_with_image" => vec![user(&image()), text("Please analyze the image above.")],
        "test_dynamic_prompt" => vec![text("I come and go.")],
        "test_input_required_result_prompt" => match prompt.inputs.responses.get("user_context") {
            Some(answer) => vec![text(&format!("Use this context: {}", answer["content"]["context"]))],
            None => return Ok(ask_context()),
        },
        unknown => return Err(McpError::UnknownPrompt(unknown.to_owned()).into()),
    };
    Ok(Outcome::Complete(model(json!({"messages": messages}))))
}

fn ask_context() -> Outcome<GetPromptResult> {
    let request = form("What context should the prompt use?", &json!({"context": {"type": "string"}}), &["context"]);
    let requests = [("user_context".to_owned(), model(request))].into();
    Outcome::InputRequired(InputRequired { requests, state: None })
}

fn text(text: &str) -> Value {
    user(&json!({"type": "text", "text": text}))
}

fn user(content: &Value) -> Value {
    json!({"role": "user", "content": content})
}

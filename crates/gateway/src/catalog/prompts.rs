//! Prompts of the catalog: messages with `{{argument}}` in them.

use puente_domain::catalog::PromptRecord;
use puente_mcp::McpError;
use rmcp::model::{GetPromptResult, Prompt, PromptArgument, PromptMessage, Role};
use serde::Deserialize;
use serde_json::{Map, Value};

/// A prompt of the catalog, ready to be rendered.
#[derive(Debug)]
pub(crate) struct StaticPrompt {
    /// As it is listed, under its own name.
    pub(crate) listed: Prompt,
    arguments: Vec<Argument>,
    messages: Vec<Message>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    title: Option<String>,
    #[serde(default)]
    arguments: Vec<Argument>,
    messages: Vec<Message>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Argument {
    name: String,
    title: Option<String>,
    description: Option<String>,
    #[serde(default)]
    required: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Message {
    #[serde(default)]
    role: Speaker,
    text: String,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Speaker {
    #[default]
    User,
    Assistant,
}

impl StaticPrompt {
    /// Reads a prompt of the catalog, or says what is wrong with it.
    pub(crate) fn parse(record: &PromptRecord) -> Result<Self, String> {
        let settings: Settings =
            serde_json::from_value(Value::Object(record.settings.clone())).map_err(|error| error.to_string())?;
        if settings.messages.is_empty() {
            return Err("a prompt needs at least one message".to_owned());
        }
        for message in &settings.messages {
            for name in placeholders(&message.text) {
                if !settings.arguments.iter().any(|argument| argument.name == name) {
                    return Err(format!("`{{{{{name}}}}}` is none of the prompt's arguments"));
                }
            }
        }
        let description = (!record.description.is_empty()).then(|| record.description.clone());
        let arguments = settings.arguments.iter().map(Argument::listed).collect();
        let mut listed = Prompt::new(record.name.to_string(), description, Some(arguments));
        listed.title = settings.title;
        Ok(Self { listed, arguments: settings.arguments, messages: settings.messages })
    }

    /// Puts the arguments in. Text of arguments is not looked at again.
    pub(crate) fn render(&self, arguments: &Map<String, Value>) -> Result<GetPromptResult, McpError> {
        for argument in self.arguments.iter().filter(|argument| argument.required) {
            if !arguments.contains_key(&argument.name) {
                return Err(McpError::InvalidParams(format!("`arguments.{}` is missing", argument.name)));
            }
        }
        for name in arguments.keys() {
            if !self.arguments.iter().any(|argument| argument.name == *name) {
                return Err(McpError::InvalidParams(format!("the prompt has no argument `{name}`")));
            }
        }
        let messages = self.messages.iter().map(|message| {
            let role = match message.role {
                Speaker::User => Role::User,
                Speaker::Assistant => Role::Assistant,
            };
            PromptMessage::new_text(role, fill(&message.text, arguments))
        });
        let mut result = GetPromptResult::new(messages.collect());
        result.description.clone_from(&self.listed.description);
        Ok(result)
    }
}

impl Argument {
    fn listed(&self) -> PromptArgument {
        let mut listed = PromptArgument::new(self.name.clone());
        listed.title.clone_from(&self.title);
        listed.description.clone_from(&self.description);
        listed.required = Some(self.required);
        listed
    }
}

/// The names between `{{` and `}}`.
fn placeholders(text: &str) -> impl Iterator<Item = &str> {
    text.split("{{").skip(1).filter_map(|rest| rest.split_once("}}")).map(|(name, _)| name.trim())
}

fn fill(text: &str, arguments: &Map<String, Value>) -> String {
    let mut parts = text.split("{{");
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        if let Some((name, rest)) = part.split_once("}}") {
            filled.push_str(arguments.get(name.trim()).and_then(Value::as_str).unwrap_or_default());
            filled.push_str(rest);
        } else {
            filled.push_str("{{");
            filled.push_str(part);
        }
    }
    filled
}

#[cfg(test)]
mod tests {
    use puente_domain::{PromptId, SourceId};
    use serde_json::json;

    use super::*;

    fn prompt(settings: &Value) -> Result<StaticPrompt, String> {
        StaticPrompt::parse(&PromptRecord {
            id: PromptId::new(),
            source: SourceId::new(),
            name: "review".parse().unwrap(),
            description: "Review".to_owned(),
            settings: settings.as_object().unwrap().clone(),
        })
    }

    #[test]
    fn arguments_are_put_in_once() {
        let prompt = prompt(&json!({
            "arguments": [{"name": "month", "required": true}, {"name": "tone"}],
            "messages": [{"text": "Review {{month}} {{ tone }}; {{"}, {"role": "assistant", "text": "Yes."}],
        }))
        .unwrap();
        let arguments = json!({"month": "{{tone}}"});
        let result = prompt.render(arguments.as_object().unwrap()).unwrap();
        let texts = serde_json::to_value(&result.messages).unwrap();
        assert_eq!(texts[0]["content"]["text"], "Review {{tone}} ; {{");
        assert_eq!(texts[1]["role"], "assistant");
        assert!(prompt.render(&Map::new()).is_err());
        assert!(prompt.render(json!({"month": "x", "other": "y"}).as_object().unwrap()).is_err());
    }

    #[test]
    fn a_placeholder_needs_its_argument() {
        let error = prompt(&json!({"messages": [{"text": "{{month}}"}]})).unwrap_err();
        assert!(error.contains("{{month}}"), "{error}");
        assert!(prompt(&json!({"messages": []})).is_err());
        assert!(prompt(&json!({"messages": [{"text": "x"}], "extra": 1})).unwrap_err().contains("extra"));
    }
}

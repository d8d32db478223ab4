//! The Python and the TypeScript client; see `clients/README.md`.

use std::process::Stdio;

use serde_json::{Map, Value, json};
use tokio::{io::AsyncWriteExt, process::Command};

use crate::{Site, tools};

/// Which official client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// The package `mcp`.
    Python,
    /// The package `@modelcontextprotocol/client`.
    TypeScript,
}

/// What a client is to do.
pub struct Plan(Map<String, Value>);

/// What it found.
#[derive(Debug)]
pub struct Report {
    /// The revision that it negotiated.
    pub protocol: String,
    /// One answer a step: `{"result": …}` or `{"error": …}`.
    pub answers: Vec<Value>,
}

impl Plan {
    /// Over HTTP, with a key if it is not empty.
    #[must_use]
    pub fn http(url: &str, key: &str, mode: &str) -> Self {
        let headers = if key.is_empty() { json!({}) } else { json!({"Authorization": format!("Bearer {key}")}) };
        Self::new(json!({"url": url, "headers": headers, "mode": mode}))
    }

    /// Over `puente stdio`, with a key.
    #[must_use]
    pub fn stdio(site: &Site, key: &str, mode: &str) -> Self {
        let mut environment: Map<String, Value> =
            site.environment().into_iter().map(|(name, value)| (name, value.into())).collect();
        environment.insert("PUENTE_API_KEY".to_owned(), key.into());
        Self::new(json!({"command": [tools::puente(), "stdio"], "env": environment, "mode": mode}))
    }

    /// Over a command's standard streams, with a few variables beyond a bare environment.
    #[must_use]
    pub fn command(command: &[String], environment: &[(&str, &str)]) -> Self {
        let environment: Map<String, Value> =
            environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
        Self::new(json!({"command": command, "env": environment, "mode": "auto"}))
    }

    fn new(mut plan: Value) -> Self {
        plan["steps"] = json!([]);
        let Value::Object(plan) = plan else { unreachable!("it is an object") };
        Self(plan)
    }

    /// Adds a step: an MCP method with its parameters.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "callers write json!({…}) in place")]
    pub fn step(mut self, method: &str, params: Value) -> Self {
        let steps = self.0["steps"].as_array_mut().expect("made above");
        steps.push(json!({"method": method, "params": params}));
        self
    }

    /// Adds a step that is repeated until the file `end` is there; its result is `{"calls": N, "failed": [why, …]}`
    /// (Python only).
    #[must_use]
    pub fn step_until(mut self, method: &str, params: Value, end: &str) -> Self {
        self = self.step(method, params);
        let last = self.0["steps"].as_array_mut().and_then(|steps| steps.last_mut()).expect("just added");
        last["until"] = end.into();
        self
    }

    /// What the client answers to every elicitation.
    #[must_use]
    pub fn elicit(mut self, content: Value) -> Self {
        self.0.insert("elicit".to_owned(), content);
        self
    }

    /// Lets a client run it.
    pub async fn run(self, language: Language) -> Report {
        let mut command = match language {
            Language::Python => Command::new(tools::installed("venv/bin/python")),
            Language::TypeScript => Command::new(tools::node()),
        };
        command.arg(tools::root().join("tests/clients").join(match language {
            Language::Python => "python/client.py",
            Language::TypeScript => "typescript/client.mjs",
        }));
        let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = pipes.kill_on_drop(true).spawn().expect("the client starts");
        let mut input = child.stdin.take().expect("piped");
        input.write_all(Value::Object(self.0).to_string().as_bytes()).await.expect("the client reads its plan");
        drop(input);
        let output = child.wait_with_output().await.expect("the client ends");
        let complaints = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "the {language:?} client failed:\n{complaints}");
        Report::parse(&output.stdout)
    }
}

impl Report {
    fn parse(text: &[u8]) -> Self {
        let mut report: Value = serde_json::from_slice(text).expect("the client prints JSON");
        let Value::Array(answers) = report["answers"].take() else { panic!("no answers in {report}") };
        Self { protocol: report["protocol"].as_str().unwrap_or_default().to_owned(), answers }
    }

    /// The result of a step that must have succeeded.
    #[track_caller]
    #[must_use]
    pub fn result(&self, step: usize) -> &Value {
        self.answers[step].get("result").unwrap_or_else(|| panic!("step {step} failed: {}", self.answers[step]))
    }
}

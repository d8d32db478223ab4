//! Official clients that get in from nothing but a URL, with a person at a browser.

use std::process::Stdio;

use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
};

use super::Language;
use crate::tools;

/// A client that waits for its person.
pub struct SigningIn {
    child: Child,
    output: Lines<BufReader<ChildStdout>>,
    /// Where it sends the person.
    pub authorize: String,
}

impl SigningIn {
    /// Starts a client on a URL; returns when it has registered and asks for consent.
    pub async fn start(language: Language, url: &str, mode: &str, steps: Value) -> Self {
        let mut command = match language {
            Language::Python => Command::new(tools::installed("venv/bin/python")),
            Language::TypeScript => Command::new(tools::node()),
        };
        command.arg(tools::root().join("tests/clients").join(match language {
            Language::Python => "python/sign_in.py",
            Language::TypeScript => "typescript/sign_in.mjs",
        }));
        let plan = json!({"url": url, "mode": mode, "steps": steps});
        let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit());
        let mut child = pipes.kill_on_drop(true).spawn().expect("the client starts");
        let mut input = child.stdin.take().expect("piped");
        input.write_all(format!("{plan}\n").as_bytes()).await.expect("the client reads its plan");
        let output = BufReader::new(child.stdout.take().expect("piped")).lines();
        let mut signing_in = Self { child, output, authorize: String::new() };
        let line = signing_in.line().await;
        let authorize = line["authorize"].as_str().unwrap_or_else(|| panic!("no address in {line}")).to_owned();
        Self { authorize, ..signing_in }
    }

    async fn line(&mut self) -> Value {
        let line = self.output.next_line().await.expect("UTF-8").expect("the client says something");
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error} in: {line}"))
    }

    /// Its report, once a browser has come back to it.
    pub async fn report(mut self) -> Value {
        let report = self.line().await;
        assert!(self.child.wait().await.expect("it ends").success(), "{report}");
        report
    }
}

//! Raw MCP requests over `puente stdio`, in the modern era.

use std::process::Stdio as Pipe;

use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
};

use crate::{Site, mcp::message};

/// A running `puente stdio`; killed when dropped.
pub struct Stdio {
    child: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
}

impl Stdio {
    /// Starts it as the principal of `key`.
    #[must_use]
    pub fn start(site: &Site, key: &str, arguments: &[&str]) -> Self {
        let mut command = site.command(&[&["stdio"], arguments].concat());
        command.env("PUENTE_API_KEY", key);
        Self::start_by(command)
    }

    /// Starts it by a command of the test's own.
    #[must_use]
    pub fn start_by(command: std::process::Command) -> Self {
        let mut child = Command::from(command)
            .stdin(Pipe::piped())
            .stdout(Pipe::piped())
            .stderr(Pipe::inherit())
            .kill_on_drop(true)
            .spawn()
            .expect("puente starts");
        let input = child.stdin.take().expect("piped");
        let output = BufReader::new(child.stdout.take().expect("piped")).lines();
        Self { child, input, output }
    }

    /// Sends one request and returns the answer; `Null` if the process ended instead.
    pub async fn send(&mut self, method: &str, params: Value) -> Value {
        let line = format!("{}\n", message(method, params, &json!({})));
        if self.input.write_all(line.as_bytes()).await.is_err() {
            return Value::Null;
        }
        match self.output.next_line().await.expect("UTF-8") {
            Some(line) => serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error} in: {line}")),
            None => Value::Null,
        }
    }

    /// Calls a tool.
    pub async fn call(&mut self, tool: &str, arguments: Value) -> Value {
        self.send("tools/call", json!({"name": tool, "arguments": arguments})).await
    }

    /// Closes its input and waits for it to end.
    pub async fn close(mut self) -> i32 {
        drop(self.input);
        self.child.wait().await.expect("it can be waited for").code().unwrap_or(-1)
    }
}

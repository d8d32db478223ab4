//! A Chromium without JavaScript, driven line by line; see `clients/browser/browser.mjs`.

use std::process::Stdio;

use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
};

use crate::tools;

/// A browser with one page; it ends with the test.
pub struct Browser {
    _child: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
}

impl Browser {
    /// Starts it.
    #[must_use]
    pub fn start() -> Self {
        let mut child = Command::new(tools::node())
            .arg(tools::root().join("tests/clients/browser/browser.mjs"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .kill_on_drop(true)
            .spawn()
            .expect("node starts");
        let input = child.stdin.take().expect("piped");
        let output = BufReader::new(child.stdout.take().expect("piped")).lines();
        Self { _child: child, input, output }
    }

    /// Does one step and returns its result.
    pub async fn step(&mut self, step: &str, mut parameters: Value) -> Value {
        parameters["step"] = step.into();
        self.input.write_all(format!("{parameters}\n").as_bytes()).await.expect("the browser listens");
        let line = self.output.next_line().await.expect("UTF-8").expect("the browser answers");
        let mut answer: Value = serde_json::from_str(&line).expect("an answer is JSON");
        assert!(answer.get("error").is_none(), "{}", answer["error"]);
        answer["result"].take()
    }

    /// Opens an address.
    pub async fn goto(&mut self, url: &str) {
        self.step("goto", json!({"url": url})).await;
    }

    /// Types into a field.
    pub async fn fill(&mut self, selector: &str, text: &str) {
        self.step("fill", json!({"selector": selector, "text": text})).await;
    }

    /// Clicks.
    pub async fn click(&mut self, selector: &str) {
        self.step("click", json!({"selector": selector})).await;
    }

    /// Presses a key.
    pub async fn press(&mut self, key: &str) {
        self.step("press", json!({"key": key})).await;
    }

    /// What is read within an element.
    pub async fn text(&mut self, selector: &str) -> String {
        self.step("text", json!({"selector": selector})).await.as_str().unwrap_or_default().to_owned()
    }

    /// How many elements there are.
    pub async fn count(&mut self, selector: &str) -> u64 {
        self.step("count", json!({"selector": selector})).await.as_u64().unwrap_or_default()
    }

    /// Waits until the address matches.
    pub async fn arrived(&mut self, pattern: &str) {
        self.step("arrived", json!({"pattern": pattern})).await;
    }

    /// The element that has the focus.
    pub async fn focused(&mut self) -> String {
        self.step("focused", json!({})).await.as_str().unwrap_or_default().to_owned()
    }

    /// Signs in on the page that asks for it.
    pub async fn sign_in(&mut self, email: &str, password: &str) {
        self.fill("#email", email).await;
        self.fill("#password", password).await;
        self.click("main button").await;
    }

    /// Fails the test if axe finds anything on this page.
    pub async fn expect_accessible(&mut self, page: &str) {
        let violations = self.step("axe", json!({})).await;
        assert_eq!(violations, json!([]), "{page}");
    }

    /// Looks at the page at desktop and phone width: no violation, nothing cut off; the pictures are kept if
    /// `PUENTE_SCREENSHOTS` names a folder.
    pub async fn look(&mut self, name: &str) {
        let passing = tempfile::tempdir().expect("a temporary folder");
        let folder = std::env::var_os("PUENTE_SCREENSHOTS").map_or_else(|| passing.path().to_owned(), Into::into);
        for (device, width, height) in [("desktop", 1280, 800), ("phone", 390, 844)] {
            self.step("size", json!({"width": width, "height": height})).await;
            self.expect_accessible(&format!("{name} at {device} width")).await;
            let path = folder.join(format!("{name}-{device}.png"));
            self.step("screenshot", json!({"path": path})).await;
            let size = std::fs::metadata(&path).expect("a picture").len();
            assert!(size > 1000, "{name} is empty");
        }
        self.step("size", json!({"width": 1280, "height": 800})).await;
    }
}
